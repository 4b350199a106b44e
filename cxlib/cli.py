"""The `cx` command. It reads the words of a call and hands them on; heavy imports wait until a command needs them."""

import os
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

    from cxlib.engagement import DataError, client_folder, client_ids
    from cxlib.render.batch import rendered_clients
    from cxlib.render.notebooks import literal, notebook_files

    chosen = list(client_ids()) if everyone else _ids(clients)
    if not chosen:
        raise click.UsageError("name at least one client, or --all")
    chapters = [name.strip() for name in only.split(",") if name.strip()]
    for client in chosen:
        try:
            notebook_files(chapters, client_folder(client))
        except DataError:  # a wrong client is a line of the summary
            continue
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    options = {
        "only": chapters,
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


def _ids(clients: tuple[str, ...]) -> list[str]:
    """The ids of clients, each given as its id or as a path to its folder, which is then looked for there first."""
    paths = {client: Path(client).expanduser() for client in clients if "/" in client or os.sep in client}
    folders = {client: path.resolve() for client, path in paths.items() if (path / "client.yml").is_file()}
    ids = dict.fromkeys(folders[client].name if client in folders else client for client in clients)
    if len(ids) < len(set(folders.values())):
        raise click.UsageError("two folders have the same name; render them one after the other")
    roots = [str(folder.parent) for folder in folders.values()]
    os.environ["CX_CLIENTS"] = os.pathsep.join([*roots, os.environ.get("CX_CLIENTS", "")])
    return list(ids)


@main.command()
@click.argument("client")
def check(client) -> None:
    """Check the folder of CLIENT and print every problem at once."""
    from cxlib.engagement import problems

    [client] = _ids((client,))
    found = problems(client)
    for problem in found:
        click.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in found)
    click.echo(f"{client}: errors {errors}, warnings {len(found) - errors}")
    sys.exit(1 if errors else 0)


@main.command()
@click.argument("client")
def new(client) -> None:
    """Make the folder of a new CLIENT with a client.yml in which every key is explained."""
    from cxlib.engagement import DataError, new_client

    try:
        folder = new_client(client)
    except DataError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{folder} is ready: put the tables beside client.yml, fill it in, then run: cx check {client}")


@main.command()
@click.argument("client")
@click.argument("notebook")
@click.option("--open/--no-open", "opened", default=True, help="Open the copy in JupyterLab.")
def edit(client, notebook, opened) -> None:
    """Give CLIENT its own copy of a NOTEBOOK (03_drivers), which is rendered for it from then on, and open it."""
    from cxlib.engagement import DataError, client_folder
    from cxlib.render.notebooks import own_copy

    [client] = _ids((client,))
    try:
        copy = own_copy(notebook, client, client_folder(client))
    except (DataError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{copy} is what is rendered for {client} from now on; delete it to go back to the shipped one")
    if opened:
        _jupyter_lab(copy)


@main.command()
@click.argument("client", required=False)
def lab(client) -> None:
    """Open JupyterLab on the workbook's notebooks, or on those of CLIENT where it has its own."""
    from cxlib.engagement import DataError, client_folder
    from cxlib.render.notebooks import NOTEBOOKS

    own = NOTEBOOKS
    if client:
        [client] = _ids((client,))
        try:
            own = client_folder(client) / "notebooks"
        except DataError as error:
            raise click.ClickException(str(error)) from None
    _jupyter_lab(own if own.is_dir() else NOTEBOOKS)


def _jupyter_lab(path: Path) -> None:
    """Runs JupyterLab of this environment in place of this process."""
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", str(path)])


if __name__ == "__main__":
    main()
