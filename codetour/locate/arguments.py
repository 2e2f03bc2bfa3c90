"""The argument list of a launch: what documents give, without their placeholders, made small, completed where safe."""

from __future__ import annotations

import re
from typing import Final

from codetour.knowledge.locate_tables import words
from codetour.locate.commands import Command
from codetour.locate.config_files import NAMES, changes, filled, is_config, is_optional, is_settings, proposal
from codetour.locate.configured import dotted_options, hydra_options, python_config_options
from codetour.locate.corpus import Corpus
from codetour.locate.data import exists
from codetour.locate.facts import MODULE
from codetour.locate.given import Arguments, Given, as_given, distinct, find_option, parse_given
from codetour.locate.names import words_of
from codetour.locate.options import Option
from codetour.locate.reach import Reach
from codetour.locate.small import given_rules, shrink, spell
from codetour.locate.stand_ins import point_at_data
from codetour.locate.subcommands import GUARD
from codetour.model.entry import Need, Override
from codetour.model.stage import Role

_PLACEHOLDER: Final = re.compile(
    r"[<>{}\[\]$]|\.\.\.|…|^/?path\b|/path/|path_to|path/to|^your|your[_-]|^xxx|(?-i:^[A-Z]{2,}(?:_[A-Z]+)*$)|^\w+_(?:name|id|path|dir|folder)$",
    re.IGNORECASE,
)
_TIMESTEPS: Final = re.compile(
    r"timesteps|env_steps$|learning_starts|(^|\.)(num_)?(seed|random)_steps|start_timesteps|replay_start"
)
"""options of runs whose steps are those of an environment"""
_SPREADS: Final = re.compile(r"^(num_)?[cg]pus?_per_worker$|^resources_per_worker$")
"""options of runs that are spread over workers, which train and do not only load data"""
_PATHLIKE: Final = re.compile(
    r"\.(?:csv|json|jsonl|txt|npz|npy|bin|pt|pth|h5|hdf5|pkl|yaml|yml|parquet|tsv|toml|mat|zip|xml|ckpt)$|^\.{0,2}/"
)


def options_of(corpus: Corpus, reach: Reach, file: str) -> dict[str, Option]:
    """The options that a run of `file` understands, by every spelling."""
    found: list[Option] = [*corpus.options(file)]
    if not any(o.style == "globals" for o in found):
        found.extend(_options_beside(corpus, reach, file, alone=not found))
    near = [file, *reach.imports_of(file, 11)]
    found.extend(hydra_options(corpus, file, near))
    found.extend(dotted_options(corpus, near))
    out: dict[str, Option] = {}
    for option in found:
        for spelled in (option.spelled, *option.others):
            key = spelled if spelled not in out or not option.command else f"{option.command} {spelled}"
            out.setdefault(key, option)
    return out


def _options_beside(corpus: Corpus, reach: Reach, file: str, *, alone: bool) -> list[Option]:
    """Options that imported files define in functions which the run calls; all of them where it has no others."""
    near = [f for f in reach.imports_of(file, 25) if f.endswith(".py")]
    near = [f for f in near if _speaks_of_arguments(corpus.text(f) or "")][:5]
    if not near:
        return []
    called = reach.walk((file, MODULE)).depth
    found = [(f, o) for f in near for o in corpus.options(f) if o.scope != GUARD]
    sure = [o for f, o in found if o.scope == MODULE or (f, o.scope) in called or o.style in ("hf", "tyro")]
    return sure if sure or not alone else [o for _, o in found]


def _speaks_of_arguments(text: str) -> bool:
    return "add_argument" in text or "DEFINE_" in text or "click.option" in text


def for_command(
    options: dict[str, Option], command: Command | None, role: Role
) -> tuple[dict[str, Option], str]:
    """The options of the sub-command that the documented command, or else the role, asks for; and its name.

    The name is "" when there are no sub-commands, or none fits.
    """
    names = list(dict.fromkeys(o.command for o in options.values() if o.command))
    if not names:
        return options, ""
    given = next((w for w in (command.argv if command is not None else ()) if w in names), "")
    known = words()
    wanted = known.train_values if role == "train" else known.eval_values
    chosen = given or next((n for n in names if n.lower() in wanted), "")
    chosen = chosen or next((n for n in names if set(words_of(n)) & wanted), "")
    if role == "train":
        chosen = chosen or names[0] * (len(names) == 1)
    kept = [o for o in distinct(options) if o.command in ("", chosen)]
    return {w: o for o in reversed(kept) for w in (o.spelled, *o.others)}, chosen if not given else ""


def build(
    corpus: Corpus,
    reach: Reach,
    file: str,
    command: Command | None,
    options: dict[str, Option],
    *,
    cwd: str,
    sub_command: str = "",
) -> Arguments:
    """The arguments for `file` by a documented command, or by none, in folder `cwd`; `sub_command` goes before them."""
    out = Arguments()
    given = parse_given(command.argv, options) if command is not None else []
    positionals = [o for o in distinct(options) if o.positional]
    kept: list[Given] = []
    for item in given:
        option = find_option(options, item.word)
        item.values = [filled(corpus, cwd, v) or v for v in item.values]
        if any(_PLACEHOLDER.search(v) or _is_prose(item.word, v) for v in item.values) or _unusable(
            item.word
        ):
            continue
        if (
            option is not None
            and _missing_path(corpus, cwd, item.values)
            and not option.required
            and option.default not in (None, "")
            and not _missing_path(corpus, cwd, [str(option.default)])
        ):
            continue
        kept.append(item)
    values = {item.word: item.values[0] for item in kept if item.word and item.values}
    options = {**options, **{o.spelled: o for o in python_config_options(corpus, file, cwd, values)}}
    _make_small(kept, options, out)
    _configure(corpus, reach, file, kept=kept, options=options, cwd=cwd, out=out)
    _complete(kept, options, positionals, out)
    point_at_data(
        corpus, [file, *reach.imports_of(file, 12)][:8], kept=kept, options=options, cwd=cwd, out=out
    )
    out.argv = [word for item in kept for word in item.words()] + [
        w for o in out.overrides for w in o.arg.split(" ")
    ]
    if sub_command:
        out.overrides.insert(0, Override(sub_command, "the sub-command for this role"))
        out.argv.insert(0, sub_command)
    return out


def _is_prose(word: str, value: str) -> bool:
    """Words of a sentence in the place of a value: `--root "data location"`, `train.py a.yaml (first task)`."""
    if not word:
        return value.count("(") != value.count(")")
    named = re.search(r"root|dir|path|file|data|params|ckpt|checkpoint", word)
    return bool(named) and re.fullmatch(r"[A-Za-z]+(?: [A-Za-z]+)+", value) is not None


def _unusable(word: str) -> bool:
    """A bracketed or foreign word of a synopsis."""
    return bool(_PLACEHOLDER.search(word)) or (word.startswith("-") and word.strip("-") == "")


def _missing_path(corpus: Corpus, cwd: str, values: list[str]) -> bool:
    return any(_PATHLIKE.search(v) and not exists(corpus, cwd, v) for v in values)


def _make_small(kept: list[Given], options: dict[str, Option], out: Arguments) -> None:
    timesteps = any(_TIMESTEPS.search(o.name) for o in distinct(options))
    spreads = any(_SPREADS.search(o.name) for o in distinct(options))
    for option in distinct(options):
        at = next(
            (i for i, item in enumerate(kept) if item.word and find_option(options, item.word) is option),
            None,
        )
        current = None if at is None else (kept[at].values[0] if kept[at].values else "")
        change = shrink(option, current, timesteps=timesteps)
        if change is None or (spreads and "worker" in option.name):
            continue
        value, why = change
        if at is not None:
            if option.flag == "on" and value == "":
                continue
            kept.pop(at)
        if value is not None:
            out.overrides.append(Override(" ".join(spell(option, value)), why))


def _configure(
    corpus: Corpus,
    reach: Reach,
    file: str,
    *,
    kept: list[Given],
    options: dict[str, Option],
    cwd: str,
    out: Arguments,
) -> None:
    """Name a configuration file where one is asked for, and propose what makes the named ones small."""
    given = {id(find_option(options, item.word)) for item in kept if item.word}
    texts = [corpus.text(f) or "" for f in (file, *reach.imports_of(file, 12))]
    values = [
        v
        for item in kept
        for v in item.values
        if is_config(v) or is_settings(_meant(item, options), v, texts)
    ]
    for option in distinct(options):
        if id(option) in given or option.style in ("hydra", "dotted", "globals"):
            continue
        if option.required or (
            option.default is None
            and option.name in NAMES
            and not values
            and not any(is_optional(option, text) for text in texts)
        ):
            found = proposal(corpus, option, file, cwd) if not (option.positional and values) else None
            if found is not None:
                kept.append(as_given(option, found[0]))
                out.configured.append(Override(" ".join(spell(option, found[0])), found[1]))
                values.append(found[0])
        elif isinstance(option.default, str) and (
            (is_config(option.default) and option.name in NAMES) or is_settings(option, option.default, texts)
        ):
            smaller = changes(corpus, cwd, option.default)
            if smaller:
                kept.append(as_given(option, option.default))
                values.append(option.default)
                why = "the file that it takes by default, named so that a smaller copy can be given"
                out.configured.append(Override(" ".join(spell(option, option.default)), why))
    for value in dict.fromkeys(values):
        out.configured.extend(changes(corpus, cwd, value))


def _meant(item: Given, options: dict[str, Option]) -> Option | None:
    """The option that an argument gives; of several positionals the one that names a configuration."""
    if item.word:
        return find_option(options, item.word)
    return next((o for o in distinct(options) if o.positional and o.name in NAMES), None)


def _take_back(arguments: Arguments, option: Option) -> None:
    """Leave out what was proposed for `option`."""
    for override in [
        o for o in arguments.overrides if o.arg.startswith((f"{option.spelled}=", f"{option.spelled} "))
    ]:
        arguments.overrides.remove(override)
        for word in override.arg.split(" "):
            arguments.argv.remove(word)


def ask_for_evaluation(arguments: Arguments, options: dict[str, Option]) -> None:
    """Add the argument that makes a training script evaluate, where it has one."""
    known = words()
    for option in distinct(options):
        name = option.name.rpartition(".")[2]
        if option.positional or name in ("split", "validation", "val"):
            continue
        value = None
        if name in known.eval_arguments and (option.type == "bool" or option.flag):
            value = "True"
        elif name in known.mode_arguments:
            value = next((c for c in option.choices if c.lower() in known.eval_values), None)
        elif name in known.train_switches and option.type in ("int", "bool") and not option.flag:
            value = "0" if option.type == "int" else "False"
        if value is not None:
            _take_back(arguments, option)
            override = Override(" ".join(spell(option, value)), "asks for an evaluation instead of training")
            arguments.overrides.append(override)
            arguments.argv.extend(override.arg.split(" "))
            return


def _complete(
    kept: list[Given], options: dict[str, Option], positionals: list[Option], out: Arguments
) -> None:
    """Give required arguments a value where one is safe, name the others."""
    given = {id(find_option(options, item.word)) for item in kept if item.word}
    free = sum(1 for item in kept if not item.word)
    changed = {o.arg.partition("=")[0].partition(" ")[0] for o in out.overrides}
    for option in distinct(options):
        if not option.required or id(option) in given or option.spelled in changed:
            continue
        if option.positional and positionals.index(option) < free:
            continue
        rule = given_rules().get(option.name.rpartition(".")[2])
        if rule is not None and (not option.choices or str(rule.to) in option.choices):
            out.overrides.append(Override(" ".join(spell(option, str(rule.to))), rule.why))
        elif option.choices:
            out.overrides.append(
                Override(
                    " ".join(spell(option, option.choices[0])), "the first of the choices; it asks for one"
                )
            )
        else:
            out.needs.append(
                Need(
                    f"argument {option.spelled}",
                    "it is required and nothing says what to give",
                    f"codetour run … -- {option.spelled} VALUE",
                )
            )
