"""Draws every dashboard, for a person to look at: the layout and the data, not Grafana's own hand."""

import io
import math
import re
import time
import warnings

import matplotlib

matplotlib.use("Agg")
# Labels may be in any script; a missing glyph is a box.
warnings.filterwarnings("ignore", message="Glyph")

import matplotlib.pyplot as plt  # noqa: E402
import numpy  # noqa: E402
from execute import color  # noqa: E402
from lint import panels  # noqa: E402
from matplotlib.patches import Rectangle  # noqa: E402
from PIL import Image  # noqa: E402

DPI = 100
# A column and a row of the grid, and the gap between panels, in pixels.
COLUMN, ROW, GAP = 58, 30, 8
PAGE, FACE, EDGE, TEXT, FAINT = "#111217", "#181b1f", "#2c3035", "#d8d9da", "#8e9297"
COLORS = {"green": "#73bf69", "red": "#f2495c", "orange": "#ff9830", "text": TEXT}
PALETTE = [
    "#7eb26d", "#eab839", "#6ed0e0", "#ef843c", "#e24d42", "#1f78c1", "#ba43a9", "#705da0", "#508642", "#cca300",
    "#447ebc", "#c15c17",
]
LARGEST = 150_000


def number(value, unit, decimals=None):
    """A value as Grafana writes it."""
    if value is None:
        return "No data"
    if unit == "percentunit":
        return f"{value * 100:.{1 if decimals is None else decimals}f}%"
    if unit == "currencyUSD":
        digits = decimals if decimals is not None else (2 if abs(value) >= 0.1 or not value else 4)
        return f"{'-' if value < 0 else ''}${_short(abs(value), digits)}"
    if unit == "s":
        return _seconds(value, decimals)
    if unit == "bytes":
        for name in ("B", "KiB", "MiB", "GiB"):
            if abs(value) < 1024 or name == "GiB":
                return f"{value:.{0 if name == 'B' else 1}f} {name}"
            value /= 1024
    text = _short(value, decimals if decimals is not None else (0 if value == int(value) else 2))
    return text + " req/s" if unit == "reqps" else text


def _short(value, digits):
    for name, size in (("Mil", 1e6), ("K", 1e3)):
        if abs(value) >= size:
            return f"{value / size:.{max(1, digits)}f} {name}"
    return f"{value:.{digits}f}"


def _seconds(value, decimals):
    if value and abs(value) < 1:
        return f"{value * 1e3:.{0 if abs(value) >= 0.1 else 1}f} ms" if abs(value) >= 1e-3 else f"{value * 1e6:.0f} µs"
    for name, size in (("day", 86400), ("hour", 3600), ("min", 60)):
        if abs(value) >= 2 * size:
            return f"{value / size:.{1 if decimals is None else decimals}f} {name}{'s' if name != 'min' else ''}"
    return f"{value:.{2 if decimals is None else decimals}f} s"


def legend(answer, labels):
    text = re.sub(r"\{\{(\w+)\}\}", lambda found: labels.get(found.group(1), ""), answer.target["legendFormat"])
    return text.replace("$", r"\$")


def _fitting(text, width, size):
    """The text, cut to what fits into so many pixels."""
    most = max(3, int(width / (size * 0.82)))
    return text if len(text) <= most else text[: most - 1] + "…"


class Canvas:
    """A page of panels, whose places are given in the units of the grid."""

    def __init__(self, board):
        every = list(panels(board))
        self.height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in every) * ROW + 56
        self.width = 24 * COLUMN + 2 * GAP
        self.figure = plt.figure(figsize=(self.width / DPI, self.height / DPI), dpi=DPI, facecolor=PAGE)

    def text(self, x, y, text, size=8, paint=TEXT, **options):
        self.figure.text(x / self.width, 1 - y / self.height, text, fontsize=size, color=paint, va="top", **options)

    def box(self, x, y, w, h, face=FACE):
        self.figure.add_artist(
            Rectangle(
                (x / self.width, 1 - (y + h) / self.height), w / self.width, h / self.height,
                facecolor=face, edgecolor=EDGE, linewidth=0.8, transform=self.figure.transFigure, zorder=-1,
            )
        )

    def axes(self, x, y, w, h):
        axes = self.figure.add_axes((x / self.width, 1 - (y + h) / self.height, w / self.width, h / self.height))
        axes.set_facecolor("none")
        for side in axes.spines.values():
            side.set_visible(False)
        axes.tick_params(colors=FAINT, labelsize=7, length=0)
        return axes


def draw_all(boards, answers, start, end, folder, note):
    for name, board in boards.items():
        page = Canvas(board)
        _head(page, board)
        for panel in panels(board):
            place = panel["gridPos"]
            x, y = place["x"] * COLUMN + GAP, place["y"] * ROW + 50
            w, h = place["w"] * COLUMN - GAP, place["h"] * ROW - GAP
            if panel["type"] == "row":
                page.text(x, y + 6, ("▸ " if panel["collapsed"] else "▾ ") + panel["title"], 10, weight="bold")
                continue
            page.box(x, y, w, h)
            page.text(x + 8, y + 6, _fitting(panel["title"], w - 16, 9), 9)
            mine = [answer for answer in answers if answer.board == name and answer.panel is panel]
            DRAW[panel["type"]](page, panel, mine, (x + 8, y + 26, w - 16, h - 32), (start, end))
        _save(page.figure, folder / name.replace(".json", ".png"))
    note(f"{len(boards)} dashboards are drawn in {folder.name}")


def _head(page, board):
    page.text(GAP, 8, board["title"], 13, weight="bold")
    names = "   ".join(f"{variable['label']} ▾" for variable in board["templating"]["list"])
    page.text(GAP, 31, names, 8, FAINT)
    page.text(page.width - GAP, 10, board["description"], 8, FAINT, ha="right")


def _save(figure, path):
    figure.canvas.draw()
    picture = Image.fromarray(numpy.asarray(figure.canvas.buffer_rgba())).convert("RGB")
    plt.close(figure)
    # Fewer colors until the file is small enough for a repository.
    for colors in (128, 64, 48, 32, 16):
        small = io.BytesIO()
        picture.quantize(colors, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        if small.tell() < LARGEST:
            break
    path.write_bytes(small.getvalue())


def _paint(name):
    return COLORS.get(name, name)


def _nothing(page, box, panel):
    x, y, w, h = box
    page.text(x + w / 2, y + h / 2 - 8, panel["fieldConfig"]["defaults"]["noValue"], 9, FAINT, ha="center")


def _stat(page, panel, answers, box, _):
    x, y, w, h = box
    defaults = panel["fieldConfig"]["defaults"]
    each = w / len(answers)
    for place, answer in enumerate(answers):
        value = answer.instant[0][1][-1][1] if answer.instant else None
        text = number(value, defaults["unit"], defaults.get("decimals"))
        for mapping in defaults["mappings"]:
            if value is not None:
                text = mapping["options"].get(f"{value:g}", {"text": text})["text"]
        middle = x + (place + 0.5) * each
        size = min(22, each / max(len(text), 3) * 1.25)
        text, paint = text.replace("$", r"\$"), _paint(color(panel, value))
        page.text(middle, y + h * 0.42 - size * 0.7, text, size, paint, ha="center", weight="bold")
        if len(answers) > 1:
            page.text(middle, y + h - 16, answer.target["legendFormat"], 7, FAINT, ha="center")


def _series(answers):
    """Each series as (name, times, values), with gaps where there is no point."""
    found = []
    for answer in answers:
        for labels, points in answer.points:
            times, values = [], []
            for at, value in points:
                if times and at - times[-1] > 3:
                    times.append(at - 1)
                    values.append(math.nan)
                times.append(at)
                values.append(value)
            found.append((legend(answer, labels), times, values))
    return found


def _chart(page, panel, answers, box, period):
    x, y, w, h = box
    found = _series(answers)
    if not found:
        _nothing(page, box, panel)
        return
    rows = min(len(found), 5 if h > 150 else 3)
    below = rows * 12 + 22
    axes = page.axes(x + 52, y, w - 56, h - below)
    axes.grid(color=EDGE, linewidth=0.6)
    axes.set_axisbelow(True)
    unit = panel["fieldConfig"]["defaults"]["unit"]
    custom = panel["fieldConfig"]["defaults"]["custom"]
    paints = [PALETTE[place % len(PALETTE)] for place in range(len(found))]
    stacked = custom["stacking"]["mode"] == "normal"
    if stacked:
        grid = numpy.arange(math.ceil(period[0]), period[1], 2)
        layers = []
        for _, times, values in found:
            # A series that goes on ends with the chart, not before it.
            last = values[-1] if period[1] - times[-1] < 4 else 0
            layers.append(numpy.nan_to_num(numpy.interp(grid, times, values, left=0, right=last)))
        axes.stackplot(grid, layers, colors=paints, alpha=0.4)
        for top, paint in zip(numpy.cumsum(layers, axis=0), paints):
            axes.plot(grid, top, color=paint, linewidth=0.9)
    else:
        for (_, times, values), paint in zip(found, paints):
            axes.plot(times, values, color=paint, linewidth=1.1, marker="." if len(times) < 3 else None)
        layers = [values for _, _, values in found]
    sums = numpy.sum(layers, axis=0) if stacked else numpy.concatenate(layers)
    low, high = min(numpy.nanmin(sums), custom["axisSoftMin"]), numpy.nanmax(sums)
    top = custom.get("axisSoftMax", 0)
    axes.set_ylim(low, (top if high <= top else high * 1.06) if high > 0 else 1)
    axes.set_xlim(*period)
    axes.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(4))
    axes.yaxis.set_major_formatter(lambda value, _: number(value, unit).replace("$", r"\$"))
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(4))
    axes.xaxis.set_major_formatter(lambda value, _: time.strftime("%H:%M:%S", time.gmtime(value)))
    order = sorted(range(len(found)), key=lambda place: -(numpy.nanmax(found[place][2]) if found[place][2] else 0))
    for line, place in enumerate(sorted(order[:rows])):
        name, _, values = found[place]
        top = y + h - below + 22 + line * 12
        page.box(x + 2, top + 4, 10, 3, paints[place])
        shown = name if line < rows - 1 or len(found) <= rows else f"{name}  (and {len(found) - rows} more)"
        page.text(x + 18, top, _fitting(shown, w - 120, 7), 7)
        last = [value for value in values if not math.isnan(value)][-1]
        page.text(x + w - 2, top, number(last, unit).replace("$", r"\$"), 7, FAINT, ha="right")


def _heat(page, panel, answers, box, period):
    x, y, w, h = box
    rows = [(float(labels["le"]), points) for answer in answers for labels, points in answer.points]
    rows.sort(key=lambda row: row[0])
    if not rows:
        _nothing(page, box, panel)
        return
    times = sorted({at for _, points in rows for at, _ in points})
    below = numpy.zeros(len(times))
    cells = []
    for _, points in rows:
        at = dict(points)
        now = numpy.array([at.get(moment, 0.0) for moment in times])
        cells.append(numpy.maximum(now - below, 0))
        below = now
    cells = numpy.array(cells)
    used = [place for place, row in enumerate(cells) if row.sum() > 0] or [0, len(rows) - 1]
    first, last = max(0, used[0] - 1), min(len(rows), used[-1] + 2)
    axes = page.axes(x + 52, y, w - 56, h - 20)
    shown = numpy.where(cells[first:last] > 0, numpy.sqrt(cells[first:last]), numpy.nan)
    scheme = panel["options"]["color"]["scheme"]
    axes.pcolormesh(
        [*times, times[-1] + 2], range(first, last + 1), shown,
        cmap={"Spectral": "Spectral_r"}.get(scheme, scheme), edgecolors=FACE, linewidth=0.2,
    )
    unit = panel["options"]["yAxis"]["unit"]
    step = max(1, (last - first) // 8)
    ticks = list(range(first, last, step))
    axes.set_yticks([tick + 1 for tick in ticks])
    decimals = 0 if unit == "percentunit" else None
    bounds = [rows[tick][0] for tick in ticks]
    axes.set_yticklabels([number(bound, unit, decimals) if math.isfinite(bound) else "+Inf" for bound in bounds])
    axes.set_ylim(first, last)
    axes.set_xlim(*period)
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(4))
    axes.xaxis.set_major_formatter(lambda value, _: time.strftime("%H:%M:%S", time.gmtime(value)))


def _table(page, panel, answers, box, _):
    x, y, w, h = box
    organize = panel["transformations"][-1]["options"]
    names, order = organize["renameByName"], organize["indexByName"]
    many = len(answers) > 1
    values = [f"Value #{answer.target['refId']}" if many else "Value" for answer in answers]
    labels = [name for name in sorted(order, key=order.get) if not name.startswith("Value")]
    rows = {}
    for column, answer in zip(values, answers):
        for found, points in answer.instant:
            rows.setdefault(tuple(found.get(label, "") for label in labels), {})[column] = points[-1][1]
    if not rows:
        _nothing(page, box, panel)
        return
    units, decimals = {}, {}
    for override in panel["fieldConfig"]["overrides"]:
        for item in override["properties"]:
            {"unit": units, "decimals": decimals}.get(item["id"], {})[override["matcher"]["options"]] = item["value"]
    sort = panel["options"]["sortBy"][0]
    by = next((column for column in values if names[column] == sort["displayName"]), values[0])
    lines = sorted(rows.items(), key=lambda row: row[1].get(by, -math.inf), reverse=sort["desc"])
    wide = [1.6] * len(labels) + [1.0] * len(values)
    edges = [x + w * sum(wide[:place]) / sum(wide) for place in range(len(wide) + 1)]
    fits = int((h - 18) / 17)
    for place, key in enumerate([*labels, *values]):
        title = _fitting(names[key], edges[place + 1] - edges[place] - 8, 8)
        if place < len(labels):
            page.text(edges[place], y, title, 8, "#6e9fff", weight="bold")
        else:
            page.text(edges[place + 1] - 4, y, title, 8, "#6e9fff", ha="right", weight="bold")
    for line, (key, cells) in enumerate(lines[:fits]):
        top = y + 18 + line * 17
        for place, text in enumerate(key):
            page.text(edges[place], top, _fitting(text, edges[place + 1] - edges[place] - 6, 8).replace("$", r"\$"), 8)
        for place, column in enumerate(values):
            name = names[column]
            text = number(cells[column], units[name], decimals.get(name)) if column in cells else ""
            page.text(edges[len(labels) + place + 1] - 4, top, text.replace("$", r"\$"), 8, ha="right")
    if len(lines) > fits:
        page.text(x + w - 4, y + h - 6, f"{len(lines) - fits} more", 7, FAINT, ha="right")


def _bars(page, panel, answers, box, _):
    x, y, w, h = box
    found = [(legend(answer, labels), points[-1][1]) for answer in answers for labels, points in answer.instant]
    if not found:
        _nothing(page, box, panel)
        return
    tall = min(34, h / len(found))
    for place, (name, value) in enumerate(found):
        top = y + place * tall
        page.text(x, top, _fitting(name, w / 2, 8), 8)
        page.text(x + w, top, number(value, panel["fieldConfig"]["defaults"]["unit"]), 8, _paint(color(panel, value)), ha="right")
        page.box(x, top + 14, w, 10, EDGE)
        page.box(x, top + 14, w * max(0.0, min(1.0, value)), 10, _paint(color(panel, value)))


def _timeline(page, panel, answers, box, period):
    x, y, w, h = box
    found = [(legend(answer, labels), points) for answer in answers for labels, points in answer.points]
    if not found:
        _nothing(page, box, panel)
        return
    axes = page.axes(x + 104, y, w - 108, h - 18)
    for place, (_, points) in enumerate(found):
        for at, value in points:
            axes.barh(-place, 2, left=at, height=0.8, color=_paint(color(panel, value)), alpha=0.8)
    axes.set_yticks([-place for place in range(len(found))])
    axes.set_yticklabels([name for name, _ in found])
    axes.set_xlim(*period)
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(5))
    axes.xaxis.set_major_formatter(lambda value, _: time.strftime("%H:%M:%S", time.gmtime(value)))


DRAW = {
    "stat": _stat, "timeseries": _chart, "heatmap": _heat, "table": _table, "bargauge": _bars, "state-timeline": _timeline,
}
