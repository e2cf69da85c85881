// Charts in SVG. Each is a slider over its points: the arrow keys move along, and a screen reader tells the values.

/** The least of 1, 2, 2.5 and 5 times a power of ten that makes at most some steps to a value. */
function niceStep(most, steps) {
  const raw = most / steps;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= raw * 0.999999) ?? raw;
}

class Chart {
  /**
   * series: {name, className, isBar, value(point) → number or null}; describe(point) → text; tick(value) → text.
   */
  constructor(place, { title, series, describe, tick, columns }) {
    Object.assign(this, { series, describe, tick, title });
    this.points = [];
    this.index = null;
    this.readout = element("output", { class: "readout" });
    const legend = series.length < 2 ? [] : series.map((one) => element("span", { class: `key ${one.className}` }, one.name));
    this.frame = element("div", {
      class: "plot", role: "slider", tabindex: "0", "aria-label": `${title}; the arrow keys tell the values`,
      "aria-valuemin": "0",
    });
    this.svg = svgElement("svg", { "aria-hidden": "true", focusable: "false" });
    this.layers = {};
    for (const name of ["grid", "bars", "lines", "dots", "cursor", "labels"]) this.svg.append(this.layers[name] = svgElement("g", { class: name }));
    this.frame.append(this.svg);
    this.details = element("details", {}, element("summary", {}, "As a table"));
    const box = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${title}, as a table` });
    this.details.append(box);
    this.table = new DataTable(box, title, columns);
    this.table.table.classList.add("plain");
    place.append(element("figure", { class: "chart" },
      element("figcaption", {}, element("span", { class: "title" }, title), element("span", { class: "legend" }, ...legend), this.readout),
      this.frame, this.details));
    this.frame.addEventListener("keydown", (event) => this.key(event));
    this.frame.addEventListener("pointermove", (event) => this.point(event));
    this.frame.addEventListener("pointerdown", (event) => this.point(event));
    this.frame.addEventListener("pointerleave", () => this.select(document.activeElement === this.frame ? this.index : null));
    this.frame.addEventListener("focus", () => this.select(this.index ?? this.points.length - 1));
    this.frame.addEventListener("blur", () => this.select(null));
    this.details.addEventListener("toggle", () => this.tabulate());
    // The width is told, not asked for: to ask would lay the page out for each answer that comes.
    this.width = 0;
    new ResizeObserver(([{ contentRect }]) => {
      this.width = Math.floor(contentRect.width);
      this.draw();
    }).observe(this.frame);
  }

  /** Shows some points; the hint stands where the values of the selected one are told. */
  update(points, hint) {
    Object.assign(this, { points, hint });
    if (this.index !== null) this.index = Math.min(this.index, points.length - 1);
    this.draw();
    this.tabulate();
  }

  tabulate() {
    if (this.details.open) this.table.update(this.points, (point) => point.title);
  }

  draw() {
    const { points, series, width } = this;
    if (width < 50 || this.hint === undefined) return;
    const height = width < 500 ? 150 : 190;
    setAttributes(this.svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    const values = points.flatMap((point) => series.map((one) => one.value(point))).filter((value) => value !== null);
    const most = Math.max(0, ...values);
    const step = most > 0 ? niceStep(most, 4) : 1;
    const top = most > 0 ? Math.ceil(most / step - 1e-9) * step : 1;
    const ticks = most > 0 ? Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step) : [0];
    const texts = ticks.map((value) => this.tick(value, step));
    const left = 10 + Math.max(...texts.map((text) => text.length)) * 6.6;
    const area = { left, right: width - 6, top: 8, bottom: height - 22 };
    const slot = (area.right - area.left) / Math.max(1, points.length);
    const x = (index) => area.left + (index + 0.5) * slot;
    const y = (value) => area.bottom - (value / top) * (area.bottom - area.top);
    this.area = { ...area, slot };
    const round = (value) => Math.round(value * 10) / 10;
    patch(this.layers.grid, ticks, (_, index) => index, () => svgElement("line"), (line, value) => setAttributes(line, {
      x1: round(area.left), x2: area.right, y1: round(y(value)), y2: round(y(value)),
    }));
    const every = Math.max(1, Math.ceil(points.length / Math.max(1, Math.floor((area.right - area.left) / 64))));
    const marks = points.map((point, index) => ({ point, index })).filter(({ index }) => (points.length - 1 - index) % every === 0);
    const labels = [
      ...ticks.map((value, index) => ({ key: `y${index}`, text: texts[index], x: area.left - 6, y: y(value) + 4, anchor: "end" })),
      ...marks.map(({ point, index }) => ({
        key: `x${point.title}`, text: point.label, y: height - 6,
        x: Math.min(Math.max(x(index), area.left + 14), area.right - 18), anchor: "middle",
      })),
    ];
    patch(this.layers.labels, labels, (label) => label.key, () => svgElement("text"), (node, label) => {
      setAttributes(node, { x: round(label.x), y: round(label.y), "text-anchor": label.anchor });
      setText(node, label.text);
    });
    const bars = series.filter((one) => one.isBar);
    const breadth = Math.max(1, Math.min(48, slot * 0.72));
    patch(this.layers.bars, bars.flatMap((one) => points.map((point, index) => ({ one, point, index, value: one.value(point) }))),
      ({ one, point }) => `${one.name} ${point.title}`, () => svgElement("rect", { rx: "1.5" }), (bar, { one, index, value, point }) => {
        const tall = value === null ? 0 : Math.max(value > 0 ? 1.5 : 0, area.bottom - y(value));
        const isUnknown = value === null && point.row;
        setAttributes(bar, {
          class: isUnknown ? "unknown" : one.className, x: round(x(index) - breadth / 2), width: round(breadth),
          y: round(isUnknown ? area.bottom - 10 : area.bottom - tall), height: round(isUnknown ? 10 : tall),
        });
      });
    const lines = series.filter((one) => !one.isBar);
    patch(this.layers.lines, lines, (one) => one.name, () => svgElement("path", { fill: "none" }), (path, one) => {
      let isDown = false;
      const steps = points.map((point, index) => {
        const value = one.value(point);
        if (value === null) {
          isDown = false;
          return "";
        }
        const command = isDown ? "L" : "M";
        isDown = true;
        return `${command}${round(x(index))} ${round(y(value))}`;
      });
      setAttributes(path, { class: one.className, d: steps.join("") || null });
    });
    // A point without neighbors is not a line.
    const dots = lines.flatMap((one) => points.map((point, index) => ({ one, index, point, value: one.value(point) })).filter(({ index, value }) =>
      value !== null && (points.length <= 40 || [index - 1, index + 1].every((near) => !points[near] || one.value(points[near]) === null))));
    patch(this.layers.dots, dots, ({ one, point }) => `${one.name} ${point.title}`, () => svgElement("circle", { r: "2" }), (dot, { one, index, value }) =>
      setAttributes(dot, { class: one.className, cx: round(x(index)), cy: round(y(value)) }));
    setAttribute(this.frame, "aria-valuemax", Math.max(0, points.length - 1));
    this.select(this.index);
  }

  select(index) {
    this.index = index === null || !this.points.length ? null : Math.max(0, Math.min(this.points.length - 1, index));
    const shown = this.index ?? this.points.length - 1;
    const point = this.points[shown];
    const text = point ? this.describe(point) : "no data";
    setAttribute(this.frame, "aria-valuenow", Math.max(0, shown));
    setAttribute(this.frame, "aria-valuetext", text);
    setText(this.readout, this.index === null ? this.hint ?? "" : text);
    const isShown = this.index !== null && this.area;
    patch(this.layers.cursor, isShown ? [0] : [], () => 0, () => svgElement("rect"), (cursor) => setAttributes(cursor, {
      x: Math.round(this.area.left + this.index * this.area.slot), y: this.area.top, width: Math.max(1, Math.round(this.area.slot)),
      height: this.area.bottom - this.area.top,
    }));
  }

  point(event) {
    if (!this.area || !this.points.length) return;
    const place = event.clientX - this.frame.getBoundingClientRect().left - this.area.left;
    this.select(Math.floor(place / this.area.slot));
  }

  key(event) {
    const last = this.points.length - 1;
    const current = this.index ?? last;
    const moves = {
      ArrowLeft: current - 1, ArrowDown: current - 1, ArrowRight: current + 1, ArrowUp: current + 1, Home: 0, End: last,
      PageUp: current + 7, PageDown: current - 7,
    };
    if (!(event.key in moves) || last < 0) return;
    event.preventDefault();
    this.select(Math.max(0, Math.min(last, moves[event.key])));
  }
}
