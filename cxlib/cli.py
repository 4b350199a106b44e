"""The `cx` command. It reads the words of a call and hands them on; heavy imports wait until a command needs them."""

import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cxlib")
def main() -> None:
    """The CX workbook: a client folder becomes a report that a board can act on."""


class FolderOrStore(click.ParamType):
    """A folder of this machine, or a store that fsspec reaches."""

    name = "FOLDER"

    def convert(self, value, param, ctx):
        from cxlib.engagement import DataError
        from cxlib.render.stores import place

        try:
            return place(value) if isinstance(value, str) else value
        except DataError as error:
            self.fail(str(error), param, ctx)


@dataclass(frozen=True)
class Asked:
    """The words of a call that say what a report is to be."""

    only: str
    language: str | None
    edition: str
    single: bool
    pdf: bool
    slides: bool
    parameters: tuple[tuple[str, str], ...]


def asked(command):
    """Hands a command what a report is asked to be as one `Asked`, and where it is to lie."""

    @wraps(command)
    def called(**words):
        report = Asked(**{each.name: words.pop(each.name) for each in fields(Asked)})
        return command(asked=report, **words)

    options = [
        click.option("--out", type=FolderOrStore(), default="reports", show_default=True, help="A store's address, too."),
        click.option("--only", default="", help="Notebooks to render, by name: status,maturity"),
        click.option("--language", metavar="LANGUAGE", help="Instead of the client's own: en, da, sv."),
        click.option("--edition", type=click.Choice(["full", "board"]), default="full", show_default=True,
                     help="That for a board has no appendix."),
        click.option("--single", is_flag=True, help="The report in one HTML file, too."),
        click.option("--pdf", is_flag=True, help="The report printed, too; Chromium or Chrome does it."),
        click.option("--pptx", "slides", is_flag=True, help="Slides of the main findings, too."),
        click.option("-p", "parameters", nargs=2, multiple=True, metavar="NAME VALUE", help="A notebook's parameter."),
    ]  # fmt: skip
    for option in reversed(options):
        called = option(called)
    return called


@main.command()
@click.argument("clients", nargs=-1)
@click.option("--all", "everyone", is_flag=True, help="All clients of CX_CLIENTS or workbook.yml, and no others; the demos where neither is there.")
@click.option("--failed", is_flag=True, help="Those that failed in the last run.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Clients at a time.")
@click.option("--wait", type=float, default=600, show_default=True, help="Seconds to wait for another run to end.")
@click.option("--scheduler", default="", metavar="ADDRESS", help="A Dask cluster does it: tcp://host:8786")
@click.option("--engine", type=click.Choice(["fork", "kernel"]), help="Instead of the machine's own choice.")
@click.option("--force", is_flag=True, help="Make fresh reports anew, too.")
@click.option("--units", is_flag=True, help="A page for each unit, too: internal, in the client's own folder.")
@asked
def render(clients, everyone, failed, jobs, wait, scheduler, engine, force, units, out, asked) -> None:
    """Render reports for CLIENTS to OUT/<client>/index.html."""
    from cxlib.engagement import DataError
    from cxlib.render.batch import last_failures, left_behind, rendered_clients, with_parts
    from cxlib.render.cluster import NoCluster
    from cxlib.render.run.processes import NoFork, held_to
    from cxlib.render.stores import everyone as all_clients
    from cxlib.render.stores import is_store

    if engine and scheduler:
        raise click.UsageError("--engine is for this machine; a cluster's workers choose their own")
    if failed and is_store(out):
        raise click.UsageError("--failed needs reports in a folder of this machine; name the clients")
    named = _ids(clients)
    try:
        chosen = all_clients() if everyone else last_failures(out) if failed else named
    except DataError as error:
        raise click.UsageError(str(error)) from None
    if failed and not chosen:
        click.echo("nothing failed in the last run")
        return
    if everyone and not chosen:
        raise click.UsageError(f"there is no client in {os.environ['CX_CLIENTS']}; cx new makes one")
    if not chosen:
        raise click.UsageError("name at least one client, or --all")
    request = _request(asked, chosen)
    if asked.pdf and not scheduler:
        _can_print()
    chosen = list(dict.fromkeys(with_parts(chosen, out)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with held_to(engine or ""):
            run = rendered_clients(chosen, out, request, jobs=jobs, force=force, wait=wait, scheduler=scheduler)
            outcomes = list(_told(run, len(chosen)))
    except (NoCluster, NoFork) as error:
        raise click.UsageError(str(error)) from None
    except KeyboardInterrupt:
        click.echo("stopped; every report is the old one or the new one, whole", err=True)
        sys.exit(128 + signal.SIGINT)
    for report in left_behind(chosen, out):
        click.echo(f"{report}: no longer one of the reports; {out}/{report} is of an earlier run, take it away", err=True)
    code = _summary(outcomes, out)
    sys.exit(max(code, _write_units(named or chosen, asked.language or "")) if units else code)


def _write_units(clients: list[str], language: str) -> int:
    """Writes the pages of the units of each client; 1 where one has none."""
    from cxlib.engagement import DataError
    from cxlib.render.unit_pages import NoPages, write_unit_pages

    code = 0
    for client in clients:
        try:
            files = write_unit_pages(client, language=language)
            click.echo(f"{client}: {len(files)} pages of units in {files[0].parent}; they are internal, and in no report")
        except (DataError, NoPages, OSError) as error:
            code = 1
            click.echo(f"{client}: {error}", err=True)
    return code


def _told(outcomes, total: int):
    """Each outcome as it comes, told on the terminal."""
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # its watching thread would make forks unsafe
    with tqdm(total=total, unit="report", disable=None) as bar:
        for outcome in outcomes:
            bar.set_description(outcome.client)
            bar.update()
            if outcome.error:
                tqdm.write(f"{outcome.client}: {outcome.error}", file=sys.stderr)
            elif outcome.made:
                tqdm.write(f"{outcome.client}: {outcome.report}/index.html")
            for page, why in outcome.refused.items():
                tqdm.write(f"{outcome.client}: without {page}: {why}", file=sys.stderr)
            yield outcome


def _summary(outcomes: list, out: Path | str) -> int:
    """The last lines of a run, and its exit code."""
    failed = [outcome for outcome in outcomes if outcome.error]
    fresh = sum(not outcome.error and not outcome.made for outcome in outcomes)
    click.echo(f"0 foreign tokens in {sum(outcome.searched for outcome in outcomes)} files")
    done = len(outcomes) - len(failed)
    look = f"; open {out}/<client>/index.html" if done else ""
    click.echo(f"{done} of {len(outcomes)} reports are in {out}/, {fresh} of them were fresh{look}")
    if failed:
        names = ", ".join(outcome.client for outcome in failed)
        click.echo(f"not rendered: {names} (an earlier report, if any, is untouched)", err=True)
    codes = {outcome.code for outcome in failed}
    return 0 if not codes else codes.pop() if len(codes) == 1 else 1


def _can_print() -> None:
    """Ends the call with the remedy where a PDF cannot be made: before anything runs."""
    from cxlib.render.report import can_print

    try:
        can_print()
    except (ImportError, RuntimeError) as error:
        raise click.UsageError(str(error)) from None


def _request(asked: Asked, clients: list[str]):
    from cxlib.engagement import DataError, client_folder
    from cxlib.languages import LANGUAGES
    from cxlib.render.request import Request
    from cxlib.render.run.notebooks import literal

    if asked.language and asked.language not in LANGUAGES:
        raise click.UsageError(f"{asked.language!r} is not a language of the reports; they speak {', '.join(LANGUAGES)}")
    names = tuple(name.strip() for name in asked.only.split(",") if name.strip())
    given = {name: literal(value) for name, value in asked.parameters}
    request = Request(names, asked.language or "", given, asked.slides, asked.edition, asked.single, asked.pdf)
    for client in clients:
        with suppress(DataError):  # a wrong client is a line of the summary
            try:
                request.pages(client_folder(client))
            except ValueError as error:
                raise click.UsageError(str(error)) from None
    return request


@main.command()
@click.argument("client")
@click.option("--format", "kind", type=click.Choice(["svg", "png", "pdf"]), default="svg", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="The folder of the charts; charts/CLIENT where none is named.")
@click.option("--reports", type=click.Path(path_type=Path), default="reports", show_default=True, help="Where the report is.")
@click.option("--language", metavar="LANGUAGE", help="The report is made in it first, beside the one that is there.")
def charts(client, kind, out, reports, language) -> None:
    """Write each chart of CLIENT's report as a file of its own."""
    import tempfile

    from cxlib.languages import LANGUAGES
    from cxlib.render.chart_files import chart_files

    if language and language not in LANGUAGES:
        raise click.UsageError(f"{language!r} is not a language of the reports; they speak {', '.join(LANGUAGES)}")
    [client] = _ids((client,))
    out = out or Path("charts") / client
    with tempfile.TemporaryDirectory() as anew:
        if language:
            from cxlib.render.report import render_client

            reports = Path(anew)
            render_client(client, reports, language=language)
        try:
            written = list(chart_files(reports / client, out, kind))
        except (FileNotFoundError, ImportError) as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{len(written)} charts are in {out}/")


@main.command()
@click.argument("client")
@asked
def why(client, out, asked) -> None:
    """Say what of CLIENT's report would be made anew, and why."""
    from cxlib.engagement import DataError, client_folder
    from cxlib.render.batch import with_parts
    from cxlib.render.staleness import why as reasons_of
    from cxlib.render.stores import at_hand

    [client] = _ids((client,))
    try:
        reasons = {}
        for report in with_parts([client], out):
            with at_hand(report, out) as near:
                request = _request(asked, [report])
                reasons[report] = reasons_of(near / report, client_folder(report), report, request)
    except DataError as error:
        raise click.ClickException(str(error)) from None
    for report, pages in reasons.items():
        for page, said in pages.items():
            click.echo(f"{report}, {page}: {'; '.join(said)}")
        if not pages:
            click.echo(f"{report}: fresh")


@main.command()
@click.argument("folder", type=FolderOrStore(), required=False)
@click.option("--out", type=FolderOrStore(), help="Directory or store of the reports, as for cx render; default: reports.")
def verify(folder, out) -> None:
    """Recompute every hash in FOLDER (or --out) and name each page that does not belong to today's inputs."""
    if folder is not None and out is not None:
        raise click.UsageError("name the reports once: cx verify --out DIR")
    out = out or folder or Path("reports")
    _hold_roots()
    count, stale = 0, 0
    for client, reasons in _verified(out):
        count += 1
        stale += bool(reasons)
        for page, said in reasons.items():
            click.echo(f"{client}, {page}: {'; '.join(said)}")
    click.echo(f"{count - stale} of {count} reports belong to today's inputs")
    sys.exit(1 if stale or not count else 0)


def _verified(out: Path | str):
    """What does not belong to today's inputs, report by report."""
    from cxlib.engagement import DataError
    from cxlib.render.staleness import verified
    from cxlib.render.stores import at_hand, is_store, reports

    if not is_store(out):
        if not out.is_dir():
            raise click.UsageError(f"there is no folder {out}")
        yield from verified(out)
        return
    try:
        for client in reports(out):
            with at_hand(client, out) as near:
                yield from verified(near)
    except DataError as error:
        raise click.ClickException(str(error)) from None


def _ids(clients: tuple[str, ...]) -> list[str]:
    """The ids of clients, each given as its id or as the path of its folder, which is then looked for there first."""
    folders = {}
    for client in clients:
        if "://" in client:
            folders[client] = tuple(client.rstrip("/").rsplit("/", 1))
        elif "/" in client or os.sep in client:
            path = Path(client).expanduser()
            if (path / "client.yml").is_file():
                folders[client] = str(path.resolve().parent), path.resolve().name
    ids = dict.fromkeys(folders[client][1] if client in folders else client for client in clients)
    if len(ids) < len(set(folders.values())):
        raise click.UsageError("two folders have the same name; render them one after the other")
    _hold_roots([root for root, _ in folders.values()])
    return list(ids)


def _hold_roots(first: list[str] | None = None) -> None:
    """Every process of this call finds the clients where it does, in whatever folder it works."""
    from cxlib.engagement import DataError
    from cxlib.engagement.places import hold_roots

    try:
        hold_roots(first or [])
    except DataError as error:
        raise click.UsageError(str(error)) from None


@main.command()
@click.argument("client")
@click.option("--fix", is_flag=True, help="Show the safe corrections of client.yml as a diff, ask, make them, check again.")
@click.option("--yes", is_flag=True, help="Make them without asking.")
def check(client, fix, yes) -> None:
    """Check the folder of CLIENT: print what was read of each table, and every problem at once.

    With --fix what is wrong beyond doubt is corrected in client.yml: a slip of the pen in a key, one of its words or a column's name, a code
    that differs in large and small letters, the sheet beside a guide. Nothing else in the file changes, and no table does.
    """
    from cxlib.engagement import DataError, checked
    from cxlib.engagement.problems import as_told, errors
    from cxlib.render.stores import at_hand

    if yes and not fix:
        raise click.UsageError("--yes belongs to --fix")
    [client] = _ids((client,))
    if fix:
        sys.exit(_mended(client, ask=not yes))
    try:
        with at_hand(client, Path()):
            found, read = checked(client)
    except DataError as error:
        found, read = list(error.problems), []
    for line in as_told(client, found, read):
        click.echo(line)
    if any(problem.fix for problem in found):
        click.echo(f"cx check {client} --fix corrects what is beyond doubt, and shows it first")
    sys.exit(1 if errors(found) else 0)


def _mended(client: str, *, ask: bool) -> int:
    from cxlib.engagement import DataError
    from cxlib.engagement.mending import mended

    try:
        return 0 if mended(client, say=click.echo, agreed=_agreed if ask else lambda: True) else 1
    except DataError as error:
        raise click.ClickException(str(error)) from None


def _agreed() -> bool:
    try:
        return click.confirm("Correct client.yml so?")
    except click.Abort:  # nobody is there to ask
        click.echo("\ncx check --fix --yes makes it without asking")
        return False


@main.command()
@click.argument("client")
@click.option("--language", metavar="LANGUAGE", help="Instead of the client's own: en, da, sv.")
def calls(client, language) -> None:
    """Write whom to contact today for CLIENT, by what is likely to be lost: a file in the folder `internal` of the client's own.

    It takes a column that says who may be contacted. Some are left out at random, so that it shows whether contact helps.
    The file holds ids only, nobody else reads it, and no report, log or notebook has any of it.
    """
    from cxlib.engagement import DataError
    from cxlib.render.calls import NoList, write_calls

    [client] = _ids((client,))
    try:
        made = write_calls(client, language=language or "")
    except (DataError, NoList, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{made.contact} customers to contact, {made.left_out} left out at random: {made.file}")
    if made.too_old:
        click.echo(f"{made.too_old} more still wait, but answered too long ago to be listed (closed_loop.list.within_days)")
    if made.stale:
        click.echo(f"the list of closed_loop ends on {made.until:%Y-%m-%d}: supply a newer one before anybody is contacted")
    click.echo(f"delete it by {made.delete_by:%Y-%m-%d}")


@main.command()
@click.argument("client")
@click.option("--begin", metavar="N", type=click.IntRange(min=1), help="Units that begin; default: as many as it takes.")
@click.option("--seed", metavar="N", type=click.IntRange(min=0), help="Number of the draw; default: the day.")
@click.option("--language", metavar="LANGUAGE", help="Instead of the client's own: en, da, sv.")
def plan(client, begin, seed, language) -> None:
    """Draw at random which units of CLIENT begin an initiative, so that it can be told afterwards whether it worked.

    Both sides are alike in level and size. A file in the folder `internal` of the client's own, with what it takes to see an
    effect that matters; the same number of the draw gives the same units.
    """
    from cxlib.engagement import DataError
    from cxlib.render.plan import NoPlan, write_plan

    [client] = _ids((client,))
    try:
        made = write_plan(client, begin=begin, seed=seed, language=language or "")
    except (DataError, NoPlan, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{made.begin} units begin, {made.wait} wait: {made.file}")
    click.echo("once they have begun, add them to the table of `rollout: starts` and write `chosen_by: random`")


@main.command()
@click.argument("client")
@asked
def watch(client, out, asked) -> None:
    """Check and render CLIENT again whenever a file in its folder changes; Ctrl-C ends it.

    While the check finds an error the last report stays as it is. Reports go to a folder of this machine.
    """
    from cxlib.engagement import DataError
    from cxlib.render.kept_fresh import kept_fresh
    from cxlib.render.run.processes import prepare
    from cxlib.render.stores import is_store

    if is_store(out):
        raise click.UsageError("reports are watched in a folder of this machine; name one with --out")
    prepare()
    [client] = _ids((client,))
    request = _request(asked, [client])
    if asked.pdf:
        _can_print()
    try:
        kept_fresh(client, out, request, click.echo)
    except DataError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        click.echo("ended; the report is the old one or the new one, whole", err=True)
        sys.exit(128 + signal.SIGINT)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook, or table of a zip.")
def look(file, sheet) -> None:
    """Print what FILE holds: its columns, their kinds and ranges, nobody's answers. It need not lie in a client's folder."""
    from cxlib.engagement import DataError
    from cxlib.engagement.looking import look as seen

    try:
        lines = seen(file, sheet).lines
    except DataError as error:
        raise click.ClickException(str(error)) from None
    for line in lines:
        click.echo(line)


@main.command()
@click.argument("client")
@click.argument("more", nargs=-1, metavar="", type=click.Path(path_type=Path))
@click.option("--from", "files", multiple=True, metavar="FILE...", type=click.Path(path_type=Path),
              help="Tables as they were exported: copied into the folder, recognised and described in client.yml.")
@click.option("--yes", is_flag=True, help="Take the proposals without asking.")
@click.option("--language", metavar="LANGUAGE", help="Of the report: en, da, sv; else that of the files' headings.")
def new(client, more, files, yes, language) -> None:
    """Make the folder of a new CLIENT with a client.yml in which every key is explained.

    It lies in the first directory of CX_CLIENTS, or in that of workbook.yml (`clients: ~/cx-clients`), which is looked for in
    this folder, in those above it, and among your settings. Where neither is there, a terminal asks once and keeps the answer.

    With --from FILE... the files are read first, and client.yml says what they are, with the evidence behind each line;
    what is not certain begins with `# ?`. Then the folder is checked. In a terminal the questions that matter most are asked.
    """
    from cxlib.engagement import DataError, new_client
    from cxlib.engagement.folder import check_id
    from cxlib.engagement.places import USUAL, ask_for_directory
    from cxlib.languages import LANGUAGES

    if language and language not in LANGUAGES:
        raise click.UsageError(f"{language!r} is not a language of the reports; they speak {', '.join(LANGUAGES)}")
    if more and not files:
        raise click.UsageError(f"name the tables behind --from: cx new {client} --from {' '.join(map(str, more))}")
    try:
        check_id(client)
        if _in_a_terminal():
            ask_for_directory(lambda: click.prompt("Directory for them", default=USUAL), say=click.echo)
        if files:
            sys.exit(_new_from(client, [*files, *more], language or "", ask=not yes and _in_a_terminal()))
        folder = new_client(client)
    except DataError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{folder} is ready: put the tables beside client.yml, fill it in, then run: cx check {client}")


def _in_a_terminal() -> bool:
    return sys.stdin.isatty()


def _new_from(client: str, files: list[Path], language: str, *, ask: bool) -> int:
    """Makes the folder from files and tells what was found and what the check says; the exit code."""
    from cxlib.engagement.proposal.new_folder import folder_from

    made = folder_from(client, files, language=language, ask=_answered if ask else None)
    for line in made.told():
        click.echo(line)
    return 1 if made.errors else 0


def _answered(questions: list) -> dict[str, str]:
    """Each question put in the terminal; {key: answer}."""
    return {question.key: _answer(question) for question in questions}


def _answer(question) -> str:
    if not question.options:
        return click.prompt(question.text, default=question.proposed)
    if question.words:
        return click.prompt(question.text, default=question.proposed, type=click.Choice(list(question.options)))
    click.echo(question.text)
    for number, shown in enumerate(question.options.values(), start=1):
        click.echo(f"  {number}  {shown}")
    return list(question.options)[click.prompt("  number", default=1, type=click.IntRange(1, len(question.options))) - 1]


_allow_root = click.option("--allow-root", is_flag=True, help="Let JupyterLab run as root, as in a container.")


@main.command()
@click.argument("client")
@click.argument("notebook")
@click.option("--open/--no-open", "opened", default=True, help="Open the copy in JupyterLab.")
@_allow_root
def edit(client, notebook, opened, allow_root) -> None:
    """Give CLIENT its own copy of a NOTEBOOK (03_drivers), which is rendered for it from then on, and open it."""
    from cxlib.engagement import DataError, client_folder
    from cxlib.render.run.notebooks import own_copy

    if opened:
        _refuse_root("edit", allow_root)
    [client] = _ids((client,))
    try:
        copy = own_copy(notebook, client, client_folder(client))
    except (DataError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{copy} is what is rendered for {client} from now on; delete it to go back to the shipped one")
    if opened:
        _jupyter_lab(copy, allow_root=allow_root)


@main.command()
@click.argument("client", required=False)
@click.option("--browser/--no-browser", default=True, help="Open a browser, or only print the address.")
@_allow_root
def lab(client, browser, allow_root) -> None:
    """Open JupyterLab on working copies of the notebooks, in the folder of CLIENT or of the first demo.

    The copies lie in its folder `work`, hold no outputs and open on that client. One that you change is yours; one that you
    did not change follows the workbook. Only what `cx edit` puts into the folder `notebooks` is rendered for the client.
    """
    from cxlib.engagement import DataError, client_folder
    from cxlib.render.run.notebooks import DEFAULT_CLIENT
    from cxlib.render.run.working_copies import working_copies

    _refuse_root("lab", allow_root)
    [client] = _ids((client or DEFAULT_CLIENT,))
    try:
        folder = client_folder(client)
        copies = working_copies(client, folder)
    except DataError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{client}: no working copies can be made: {error}") from None
    click.echo(f"{copies.folder}: working copies; what is to be rendered for {client} is made by cx edit {client} 02_status")
    if copies.own:
        click.echo(f"{folder / 'notebooks'}: {', '.join(copies.own)}, which are rendered for {client}")
    for name in copies.behind:
        click.echo(f"{name}: you changed this copy, and the workbook's notebook is newer; delete the copy to take that")
    _jupyter_lab(folder, browser, allow_root, ["--ContentsManager.preferred_dir=work"])


def _refuse_root(command: str, allowed: bool) -> None:
    if not allowed and hasattr(os, "geteuid") and os.geteuid() == 0:
        raise click.UsageError(f"JupyterLab does not run as root, unless you say: cx {command} --allow-root")


def _jupyter_lab(path: Path, browser: bool = True, allow_root: bool = False, more: list[str] | None = None) -> None:
    """Runs JupyterLab of this environment in place of this process."""
    options = [*([] if browser else ["--no-browser"]), *(["--allow-root"] if allow_root else []), *(more or [])]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *options, str(path)])


if __name__ == "__main__":
    main()
