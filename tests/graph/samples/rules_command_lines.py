"""Commands chosen by an argument: argparse, click, typer."""
import argparse

import click
import typer


def train(args):
    pass


def test(args):
    pass


def number(text):
    return int(text)


parser = argparse.ArgumentParser()
parser.add_argument("--size", type=number, default="3")  #> rules_command_lines.number
commands = parser.add_subparsers()
one = commands.add_parser("train")
one.set_defaults(func=train)
two = commands.add_parser("test")
two.set_defaults(func=test)
args = parser.parse_args()
args.func(args)  #> rules_command_lines.train rules_command_lines.test


@click.group()
def cli():
    pass


def checked(context, parameter, value):
    return value


@cli.command()
@click.option("--lr", callback=checked)
def fit(lr):
    pass


@click.command()
def alone():
    pass


cli()  #> rules_command_lines.cli rules_command_lines.fit rules_command_lines.checked
alone()  #> rules_command_lines.alone

app = typer.Typer()


@app.command()
def serve(port: int = 1):
    pass


@app.callback()
def main():
    pass


app()  #> rules_command_lines.serve rules_command_lines.main


def single(x: int):
    pass


typer.run(single)  #> rules_command_lines.single
