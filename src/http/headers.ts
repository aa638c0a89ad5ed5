/**
 * The security headers of every answer, as constants: nothing here depends on the request, so nothing
 * is computed for one. Pages, JSON and files differ in what a browser may do with them.
 */

const common = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-permitted-cross-domain-policies": "none",
  "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
} as const;

/** Two years, as browsers' preload lists ask; sent only where the installation is reached by https. */
export const strictTransport = "max-age=63072000; includeSubDomains";

/** JSON: never framed, never cached, never run. */
export const apiHeaders: Readonly<Record<string, string>> = {
  ...common,
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "cache-control": "no-store",
};

/**
 * Pages of the web faces. Styles may be inline because antd writes its own; scripts may not.
 * Photos chosen on a phone are previewed as blobs.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  ...common,
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "frame-src 'self' blob:",
    "object-src 'self' blob:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-frame-options": "DENY",
};

/**
 * Files that people uploaded or that were made for them. They may be shown inside our own pages, and
 * nothing in them may run. PDF is not sandboxed: browsers' own viewers refuse to open inside a sandbox.
 */
export function fileHeaders(mediaType: string): Readonly<Record<string, string>> {
  return mediaType === "application/pdf" ? pdfHeaders : sandboxedHeaders;
}

const sandboxedHeaders: Readonly<Record<string, string>> = {
  ...common,
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
  "x-frame-options": "SAMEORIGIN",
  "cache-control": "private, no-store",
};
const pdfHeaders: Readonly<Record<string, string>> = {
  ...sandboxedHeaders,
  "content-security-policy":
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
};

/** Media types a browser may show in place; all others are offered as downloads. */
const shownInPlace: ReadonlySet<string> = new Set([
  "application/pdf",
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/svg+xml",
]);

/**
 * How a file is offered (RFC 6266, RFC 8187): in place when it has no name and is of a kind that may be
 * shown, else as a download. Control characters, quotes and slashes of a hostile name become `_`.
 */
export function contentDisposition(mediaType: string, fileName: string | undefined, inline = false): string {
  const kind = (fileName === undefined || inline) && shownInPlace.has(mediaType) ? "inline" : "attachment";
  if (fileName === undefined) return kind;
  const safe = fileName
    .normalize("NFC")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069"\\/:*?<>|]/g, "_")
    .replace(/^\.+/, "_")
    .slice(0, 150)
    .toWellFormed();
  const ascii = safe.replace(/[^\x20-\x7e]/g, "_").replace(/[%;]/g, "_");
  const encoded = encodeURIComponent(safe).replace(
    /['()*!]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
