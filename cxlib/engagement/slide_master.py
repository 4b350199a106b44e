"""The client's own master for slides: whether a file is one that slides can be made on, told before anything is made."""

import io
import zipfile

KINDS = ("presentationml.template.main+xml", "presentationml.presentation.main+xml")
LARGEST = 200 * 1024 * 1024  # bytes, unpacked


def slide_template_fault(data: bytes) -> str:
    """Why these bytes are no master for slides; "" when they are."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(entry.file_size for entry in package.infolist()) > LARGEST:
                return f"the file is larger than {LARGEST // 1024**2} MB when it is unpacked"
            kinds = package.read("[Content_Types].xml").decode("utf-8")
            names = package.namelist()
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return "the file is not a PowerPoint template"
    if "macroEnabled" in kinds:
        return "the template holds macros"
    if not any(kind in kinds for kind in KINDS):
        return "the file is not a PowerPoint template"
    if not any(name.startswith("ppt/slideLayouts/") for name in names):
        return "the template has no layouts"
    return ""
