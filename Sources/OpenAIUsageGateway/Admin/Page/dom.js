"use strict";

// The document is patched, not replaced: what is focused, selected or scrolled stays so.

const $ = (id) => document.getElementById(id);

/** The painting of the first figures, for which all that may wait does. */
let tellPainted;
const painted = new Promise((resolve) => { tellPainted = resolve; });

/** Sets the text of an element, if it differs. */
function setText(node, value) {
  const text = String(value);
  const first = node.firstChild;
  if (first && first.nodeType === Node.TEXT_NODE && !first.nextSibling) {
    if (first.data !== text) first.data = text;
  } else if (node.textContent !== text || first) {
    node.textContent = text;
  }
}

/** Sets an attribute, if it differs; null removes it. */
function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else {
    const text = value === true ? "" : String(value);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
}

function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  return node;
}

/** Creates an element with attributes and children, which are nodes or texts. */
function element(tag, attributes = {}, ...children) {
  const node = setAttributes(document.createElement(tag), attributes);
  node.append(...children);
  return node;
}

const svgElement = (tag, attributes = {}) =>
  setAttributes(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);

const show = (node, isShown) => {
  if (node.hidden === isShown) node.hidden = !isShown;
};

const children = new WeakMap();

/** Makes the children of a node those of some items: known ones are updated and moved, others created or removed. */
function patch(parent, items, keyOf, create, update) {
  const known = children.get(parent) ?? new Map();
  const current = new Map();
  let place = parent.firstChild;
  for (const [index, item] of items.entries()) {
    let key = String(keyOf(item, index));
    while (current.has(key)) key += "'";
    const node = known.get(key) ?? create(item, index);
    current.set(key, node);
    update?.(node, item, index);
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  }
  for (const [key, node] of known) if (current.get(key) !== node) node.remove();
  children.set(parent, current);
}

/** Fills a cell or another place: text, with the exact value for programs and a link where there are some. */
function fill(node, content) {
  const { text, value, title, href, tone, isName } = typeof content === "object" && content ? content : { text: content };
  const tag = href ? "a" : value !== undefined ? "data" : isName ? "bdi" : null;
  let inner = node;
  if (tag) {
    inner = node.firstElementChild;
    if (!inner || inner.localName !== tag) {
      inner = document.createElement(tag);
      node.replaceChildren(inner);
    }
    if (href) setAttribute(inner, "href", href);
    if (value !== undefined) setAttribute(inner, "value", value ?? "");
  }
  setText(inner, text);
  setAttribute(node, "title", title ?? null);
  setAttribute(node, "data-tone", tone ?? null);
}

/** A table that becomes a list of cards on a narrow screen; its roles are told, since that layout would lose them. */
class DataTable {
  static part = 12;

  /** limit: the most rows before "Show all" is pressed; isEarly: begins with a part, so that the page's first picture is soon there. */
  constructor(place, caption, columns, { limit = Infinity, isEarly = false } = {}) {
    Object.assign(this, { columns, limit, isEarly, isWhole: false });
    this.body = element("tbody", { role: "rowgroup" });
    this.foot = element("tfoot", { role: "rowgroup" });
    const heads = columns.map((column) =>
      element("th", { scope: "col", role: "columnheader", class: column.isNumber ? "number" : null }, column.name));
    this.table = element("table", { role: "table", class: "data", hidden: true },
      element("caption", { class: "unseen" }, caption),
      element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads)), this.body, this.foot);
    this.empty = element("p", { class: "empty", hidden: true });
    this.more = element("button", { type: "button", class: "more", hidden: true });
    this.more.addEventListener("click", () => {
      this.isWhole = !this.isWhole;
      this.update(...this.last);
    });
    place.append(this.table, this.empty, this.more);
  }

  update(rows, keyOf, { foot = null, empty = "Nothing yet." } = {}) {
    this.last = [rows, keyOf, { foot, empty }];
    show(this.more, rows.length > this.limit);
    setText(this.more, this.isWhole ? `Show the first ${this.limit} only` : `Show all ${count(rows.length)}`);
    const shown = this.isWhole ? rows : rows.slice(0, this.limit);
    const isFirst = this.isEarly && !this.body.firstChild && shown.length > DataTable.part;
    this.fillBody(isFirst ? shown.slice(0, DataTable.part) : shown, keyOf);
    const asked = this.last;
    const rest = () => { if (this.last === asked) this.fillBody(shown, keyOf); };
    if (isFirst) painted.then(() => requestAnimationFrame(() => setTimeout(rest)));
    patch(this.foot, foot ? [foot] : [], () => "foot", () => this.createRow(), (node, row) => this.fillRow(node, row));
    show(this.table, rows.length > 0);
    show(this.empty, rows.length === 0);
    setText(this.empty, empty);
  }

  fillBody(rows, keyOf) {
    patch(this.body, rows, keyOf, () => this.createRow(), (node, row) => this.fillRow(node, row));
  }

  createRow() {
    return element("tr", { role: "row" }, ...this.columns.map((column, index) =>
      element(index === 0 ? "th" : "td", {
        role: index === 0 ? "rowheader" : "cell", scope: index === 0 ? "row" : null,
        class: [column.isNumber ? "number" : "", column.class ?? ""].join(" ").trim() || null, "data-label": column.name,
      })));
  }

  fillRow(node, row) {
    for (const [index, column] of this.columns.entries()) {
      const content = column.cell(row);
      const cell = node.children[index];
      fill(cell, content);
      const text = typeof content === "object" && content ? content.text : content;
      setAttribute(cell, "data-empty", text === "–" || text === "" ? true : null);
    }
  }
}
