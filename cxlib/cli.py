"""The `cx` command. It reads the words of a call and hands them on; heavy imports wait until a command needs them."""

import sys
from pathlib import Path

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cxlib")
def main() -> None:
    """The CX workbook: a client folder becomes a report that a board can act on."""


@main.command()
@click.argument("clients", nargs=-1)
@click.option("--all", "everyone", is_flag=True, help="Every client in data/clients.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default="reports", show_default=True)
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Clients at a time.")
@click.option("--only", default="", help="Notebooks to render, by name: status,maturity")
@click.option("--language", type=click.Choice(["en", "da", "sv"]), help="Instead of the client's own.")
@click.option("-p", "parameters", nargs=2, multiple=True, metavar="NAME VALUE", help="A notebook's parameter.")
def render(clients, everyone, out, jobs, only, language, parameters) -> None:
    """Render reports for CLIENTS to OUT/<client>/index.html."""
    from tqdm import tqdm

    from cxlib.engagement import client_ids
    from cxlib.render.batch import rendered_clients
    from cxlib.render.notebooks import literal

    chosen = list(client_ids()) if everyone else list(dict.fromkeys(clients))
    if not chosen:
        raise click.UsageError("name at least one client, or --all")
    options = {
        "only": [name.strip() for name in only.split(",") if name.strip()],
        "language": language or "",
        "parameters": {name: literal(value) for name, value in parameters},
    }
    failed = []
    with tqdm(total=len(chosen), unit="report", disable=None) as bar:
        for outcome in rendered_clients(chosen, out, jobs=jobs, **options):
            bar.set_description(outcome.client)
            bar.update()
            if outcome.error:
                failed.append(outcome.client)
                tqdm.write(f"{outcome.client}: {outcome.error}", file=sys.stderr)
            else:
                tqdm.write(f"{outcome.client}: {outcome.report / 'index.html'}")
    click.echo(f"{len(chosen) - len(failed)} of {len(chosen)} reports are in {out}/; open {out}/<client>/index.html")
    if failed:
        click.echo(f"not rendered: {', '.join(failed)} (an earlier report, if any, is untouched)", err=True)
        sys.exit(1)


@main.command()
@click.argument("client")
def check(client) -> None:
    """Check the folder of CLIENT and print every problem at once."""
    from cxlib.engagement import problems

    found = problems(client)
    for problem in found:
        click.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in found)
    click.echo(f"{client}: {errors} errors, {len(found) - errors} warnings")
    sys.exit(1 if errors else 0)


@main.command()
@click.argument("client")
def new(client) -> None:
    """Make the folder of a new CLIENT with a client.yml in which every key is explained."""
    from cxlib.engagement import new_client

    click.echo(f"{new_client(client)} is ready: put the tables beside it, fill it in, then run: cx check {client}")


if __name__ == "__main__":
    main()
