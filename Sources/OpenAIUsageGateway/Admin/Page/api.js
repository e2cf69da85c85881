// The gateway's reporting API. The token stays in this tab: sessionStorage, and the header of each request.

const tokenName = "oai-usage token";

const token = {
  get value() {
    try { return sessionStorage.getItem(tokenName); } catch { return this.fallback ?? null; }
  },
  set value(text) {
    this.fallback = text;
    try {
      if (text) sessionStorage.setItem(tokenName, text);
      else sessionStorage.removeItem(tokenName);
    } catch { /* Storage is forbidden; the token lasts as long as the document. */ }
  },
};

/** A failure to be told: what happened, whether a token is needed, when to try again. */
class Failure extends Error {
  constructor(message, { status = 0, code = null, retrySeconds = null } = {}) {
    super(message);
    Object.assign(this, { status, code, retrySeconds });
  }
}

/** The query of some parameters; null is left out, and a list repeats its name. */
function query(parameters) {
  const pairs = [];
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "") pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(one)}`);
    }
  }
  return pairs.length ? `?${pairs.join("&")}` : "";
}

/** Parses JSON and keeps every digit of money, as text: a key that ends with usd. */
const parse = (text) => JSON.parse(text.replace(/("[a-z_]*usd":)(-?\d+(?:\.\d+)?)/g, '$1"$2"'));

const pause = (milliseconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, milliseconds);
  signal?.addEventListener("abort", () => {
    clearTimeout(timer);
    reject(signal.reason);
  });
});

/** The answers that were asked for before the page was set up, by path and query; each is taken once. */
const early = new Map();

/** Asks for what will be needed first. */
function askEarly(path, parameters) {
  const answer = ask(path, parameters);
  answer.catch(() => { /* Told by who takes it. */ });
  early.set(path + query(parameters), answer);
}

/** Asks the API, and returns its answer's text. */
async function ask(path, parameters = {}, signal = undefined) {
  const key = path + query(parameters);
  const known = early.get(key);
  if (known) {
    early.delete(key);
    return known;
  }
  for (let attempt = 0; ; attempt += 1) {
    const failure = await tell(path, parameters, signal);
    if (typeof failure === "string") return failure;
    // Another tab may have taken the places at the ledger for a moment.
    if (failure.code !== "too_many_requests" || attempt === 4) throw failure;
    await pause(150 * 2 ** attempt, signal);
  }
}

async function tell(path, parameters, signal) {
  const limit = new AbortController();
  const end = () => limit.abort(signal.reason);
  const timer = setTimeout(() => limit.abort(new Failure("The gateway has not answered for 30 s.")), 30000);
  signal?.addEventListener("abort", end);
  try {
    signal?.throwIfAborted();
    const headers = { Accept: "application/json" };
    if (token.value) headers.Authorization = `Bearer ${token.value}`;
    const response = await fetch(`api/v1/${path}${query(parameters)}`, {
      headers, signal: limit.signal, cache: "no-store", credentials: "omit", redirect: "error",
    });
    const text = await response.text();
    if (response.ok) return text;
    let error = {};
    try { error = JSON.parse(text).error ?? {}; } catch { /* An answer of something else on the way. */ }
    const retry = Number(response.headers.get("Retry-After"));
    return new Failure(error.message ?? `The answer had the status ${response.status}.`, {
      status: response.status, code: error.code ?? null, retrySeconds: retry > 0 ? retry : null,
    });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (limit.signal.aborted) throw limit.signal.reason;
    throw error instanceof TypeError ? new Failure("The gateway cannot be reached.") : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

const askJSON = async (path, parameters, signal) => parse(await ask(path, parameters, signal));

const askLines = async (path, parameters, signal) =>
  (await ask(path, parameters, signal)).split("\n").filter((line) => line).map(parse);
