"""What the checks share: the files of the repository, the table of rooms, Swift without prose."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple


class Room(NamedTuple):
    """One row of the table of rooms in ARCHITECTURE.md."""

    name: str
    kind: str  # core, hosted or program
    imports: frozenset
    packages: frozenset  # modules of other packages


def files(root, *suffixes):
    """Files that are, or would be, in the repository, with one of the suffixes."""
    listing = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"],
        capture_output=True, check=False)
    if listing.returncode == 0:
        names = [name for name in listing.stdout.decode().split("\0") if name]
    else:  # Not a clone, for example an unpacked archive.
        names = [
            str(path.relative_to(root)) for path in root.rglob("*")
            if not any(part.startswith(".build") for part in path.parts)]
    paths = [root / name for name in sorted(names)]
    return [path for path in paths if path.is_file() and path.name.endswith(suffixes)]


def rooms(root):
    """The table between the markers `rooms` and `/rooms`, by name, in order."""
    text = (root / "ARCHITECTURE.md").read_text()
    table = re.search(r"<!-- rooms -->(.*?)<!-- /rooms -->", text, re.S)
    if not table:
        raise SystemExit("ARCHITECTURE.md: the table between <!-- rooms --> markers is missing")
    found = {}
    for line in table.group(1).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 5 or not cells[0].startswith("`"):
            continue
        words = [frozenset(re.findall(r"`(\w+)`", cell)) for cell in cells]
        name = cells[0].strip("`")
        if cells[1] not in ("core", "hosted", "program"):
            raise SystemExit(f"ARCHITECTURE.md: room {name}: kind {cells[1]!r} is unknown")
        if name in found:
            raise SystemExit(f"ARCHITECTURE.md: room {name} is listed twice")
        found[name] = Room(name, cells[1], words[3], words[4])
    return found


PROSE = re.compile(
    r'#+"""(?:.|\n)*?"""#+|"""(?:\\.|.|\n)*?"""|#+"[^\n]*?"#+|"(?:\\.|[^"\\\n])*"'
    r"|//[^\n]*|/\*(?:.|\n)*?\*/")


def without_prose(text):
    """Swift with the inside of comments and strings blanked; lines and columns stay."""
    return PROSE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def without_hosted(text):
    """Swift with `#if !hasFeature(Embedded)` blocks blanked; lines stay."""
    result, inside, depth = [], False, 0
    for line in text.split("\n"):
        word = line.strip()
        if not inside and re.match(r"#if\s+!hasFeature\(Embedded\)\s*$", word):
            inside, depth = True, 0
        elif inside and word.startswith("#if"):
            depth += 1
        elif inside and depth and word.startswith("#endif"):
            depth -= 1
        elif inside and not depth and re.match(r"#(endif|else|elseif)", word):
            inside = False
        result.append("" if inside else line)
    return "\n".join(result)
