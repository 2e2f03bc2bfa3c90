"""A planned tour and an interpreter -> events: the program runs under debugpy and is stopped where the tour says.

    options   what to run, how, within which limits
    command   tour + options -> the exact command, environment and working directory
    live      LiveDriver: the Driver protocol over a running program
    headless  drive(): walks every stop without a person
    consent   what the user agreed to run
    sandbox   isolation around the command, where the machine has it

Below them: `debugger` (processes, breakpoints, halts), `wire` (the Debug Adapter Protocol), `guarded` (nothing is
left running). `inside/` holds the few files that run in the program's own interpreter.
"""
