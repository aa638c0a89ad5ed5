/**
 * Keeps the worker's face usable without a network: the shell by its build, and the last answer seen of
 * the few pages a person looks at again (own cases, messages, services). Answers are forgotten at sign-out.
 */
const version = "VERSION";
const shell = `shell-${version}`;
const seen = "seen";
const files = ["FILES"];

/** Answers worth showing again without a network. What a person filled in is taken out before it is kept. */
const kept = [
  /^\/api\/me$/,
  /^\/api\/me\/(cases|card)$/,
  /^\/api\/services$/,
  /^\/api\/cases\/[0-9a-f-]{36}$/,
  /^\/api\/messages$/,
];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(shell)
      .then((cache) => cache.addAll(files))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names.filter((name) => name !== shell && name !== seen).map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(seen));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname.startsWith("/w")) event.respondWith(page(request));
  else if (files.includes(url.pathname)) event.respondWith(fromShell(request));
  else if (kept.some((pattern) => pattern.test(url.pathname))) event.respondWith(answer(request));
});

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match("/w/")) ?? Response.error();
  }
}

async function fromShell(request) {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}

/** A case without its answers: they hold identity and card numbers, which this phone is not to store. */
function withoutAnswers(answer) {
  if (!answer?.case?.answers) return answer;
  const timeline = (answer.timeline ?? []).map((entry) => ({ ...entry, answers: {} }));
  return { ...answer, timeline, case: { ...answer.case, answers: {} } };
}

/** The network's answer; without one, the last seen, marked with the time it was seen. */
async function answer(request) {
  const cache = await caches.open(seen);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) {
      const headers = new Headers(fresh.headers);
      headers.set("x-seen-at", new Date().toISOString());
      headers.delete("content-encoding");
      headers.delete("content-length");
      const kept = withoutAnswers(await fresh.clone().json());
      await cache.put(request.url, new Response(JSON.stringify(kept), { headers }));
    }
    if (fresh.status === 401) await caches.delete(seen);
    return fresh;
  } catch {
    return (await cache.match(request.url)) ?? Response.error();
  }
}
