"use strict";

// Numbers as the command line writes them: the same digits, the same rounding. Money is exact: picodollars as BigInt.

/** Digits with thousands separators. */
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** An integer; a dash for null. */
function count(value) {
  if (value === null || value === undefined) return "–";
  const number = BigInt(value);
  return (number < 0n ? "-" : "") + grouped(String(number < 0n ? -number : number));
}

const calls = (value) => `${count(value)} ${Number(value) === 1 ? "call" : "calls"}`;

/** Picodollars of the exact decimal of the API; null for null. */
function pico(text) {
  if (text === null || text === undefined) return null;
  const match = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(String(text));
  if (!match) return null;
  const amount = BigInt(match[2] + (match[3] ?? "").padEnd(12, "0"));
  return match[1] ? -amount : amount;
}

const unitOf = (decimals) => 10n ** BigInt(12 - decimals);
const absolute = (value) => (value < 0n ? -value : value);

/** Picodollars with some decimals, rounded half to even; an amount too small for them is less than their unit, never zero. */
function fixedDollars(value, decimals) {
  const unit = unitOf(decimals);
  const magnitude = absolute(value);
  let rounded = magnitude / unit;
  const rest = magnitude % unit;
  if (rest * 2n > unit || (rest * 2n === unit && rounded % 2n === 1n)) rounded += 1n;
  const isSmall = rounded === 0n && value !== 0n;
  const digits = String(isSmall ? 1n : rounded).padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  return `${value < 0n ? "-" : ""}${isSmall ? "<" : ""}$${grouped(digits.slice(0, point))}.${digits.slice(point)}`;
}

/** The decimals that all amounts of a column have: the largest is shown with four significant digits at least. */
function scaleOf(amounts) {
  let most = 0n;
  for (const amount of amounts) if (amount !== null && absolute(amount) > most) most = absolute(amount);
  if (most === 0n || most >= unitOf(2) * 1000n) return 2;
  let decimals = 4;
  while (decimals < 12 && most < unitOf(decimals) * 1000n) decimals += 1;
  return decimals;
}

/** Dollars of one amount that stands alone. */
const dollars = (value) => (value === null ? "–" : fixedDollars(value, scaleOf([value])));

/** All digits of an amount, without needless zeros. */
function exactDollars(value) {
  if (value === null) return "–";
  const digits = String(absolute(value)).padStart(13, "0");
  const fraction = digits.slice(-12).replace(/0+$/, "").padEnd(2, "0");
  return `${value < 0n ? "-" : ""}$${grouped(digits.slice(0, -12))}.${fraction}`;
}

/** A large integer with three significant digits. */
function compact(value) {
  if (value === null || value === undefined) return "–";
  const number = Number(value);
  if (number < 10000) return count(value);
  const units = [["K", 1e3], ["M", 1e6], ["B", 1e9], ["T", 1e12]];
  for (const [name, scale] of units) {
    const scaled = number / scale;
    const text = scaled.toFixed(scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0);
    if (Number(text) < 1000 || name === "T") return text + name;
  }
  return count(value);
}

/** A duration of milliseconds in a suitable unit, rounded as the command line does. */
function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "–";
  const value = Math.round(Number(milliseconds) * 1000);
  if (value < 1000) return `${value}µs`;
  const tenths = (size) => (Math.floor((value + size / 2) / size) / 10).toFixed(1);
  if (value < 9950) return `${tenths(100)}ms`;
  if (value < 999500) return `${Math.floor((value + 500) / 1000)}ms`;
  if (value < 59950000) return `${tenths(100000)}s`;
  const seconds = Math.floor((value + 500000) / 1e6);
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** A span of seconds in its two greatest units. */
function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${whole % 60}s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)}h${Math.floor(whole / 60) % 60}m`;
  return `${Math.floor(whole / 86400)}d${Math.floor(whole / 3600) % 24}h`;
}

/** A part of a whole in percent: only nothing is 0%, and only the whole is 100%. */
function share(part, whole) {
  if (part === null || whole === null || BigInt(whole) <= 0n || BigInt(part) < 0n) return "–";
  const [some, all] = [BigInt(part), BigInt(whole)];
  if (some === 0n) return "0%";
  if (some === all) return "100%";
  let tenths = (some * 1000n) / all;
  const rest = (some * 1000n) % all;
  if (rest * 2n > all || (rest * 2n === all && tenths % 2n === 1n)) tenths += 1n;
  if (tenths === 0n) return "<0.1%";
  if (tenths >= 1000n && some < all) return ">99.9%";
  return `${tenths / 10n}.${tenths % 10n}%`;
}

/** A name of the ledger without characters that are invisible or turn the direction of what follows. */
function clean(name) {
  if (name === null || name === undefined) return "–";
  const text = String(name).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "\ufffd");
  return text === "" ? "(empty)" : text;
}

const words = (code) => String(code ?? "–").replaceAll("_", " ");

const clocks = new Map();

/** The parts of an instant in a time zone. */
function localParts(instant, zone) {
  // The first formatter of a document takes the browser a while, and UTC needs none.
  if (zone === "UTC") {
    const text = new Date(instant).toISOString();
    const [date, time] = [text.slice(0, -14), text.slice(-13)];
    const [year, month, day] = [date.slice(0, -6), date.slice(-5, -3), date.slice(-2)];
    return { year, month, day, hour: time.slice(0, 2), minute: time.slice(3, 5), second: time.slice(6, 8) };
  }
  if (!clocks.has(zone)) {
    clocks.set(zone, new Intl.DateTimeFormat("en-CA", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit",
      minute: "2-digit", second: "2-digit",
    }));
  }
  return Object.fromEntries(clocks.get(zone).formatToParts(instant).map((part) => [part.type, part.value]));
}

const localDay = (instant, zone) => {
  const parts = localParts(instant, zone);
  return `${parts.year}-${parts.month}-${parts.day}`;
};

const localTime = (instant, zone) => {
  const parts = localParts(instant, zone);
  return `${parts.hour}:${parts.minute}:${parts.second}`;
};

/** The day some days after another, both as 2026-11-23. */
function dayAfter(day, days = 1) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const monthTitles = [
  "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
  "December",
];
