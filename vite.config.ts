import { existsSync } from "node:fs";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const root = join(import.meta.dirname, "web");

/** Which page answers which address; the server does the same for the built files. */
const faces: readonly [RegExp, string][] = [
  [/^\/w(\/|$)/, "/worker/index.html"],
  [/^\/o(\/|$)/, "/office/index.html"],
  [/^\/(p(\/.*)?)?$/, "/public/index.html"],
];

/** In development, addresses inside a face lead to that face's page. */
function facePages(): Plugin {
  return {
    name: "face-pages",
    configureServer(server) {
      server.middlewares.use((request, _answer, next) => {
        const path = (request.url ?? "/").split("?")[0] ?? "/";
        const face = faces.find(([pattern]) => pattern.test(path));
        if (face && !existsSync(join(root, path.slice(1) || "-"))) request.url = face[1];
        next();
      });
    },
  };
}

/** The three faces as three pages of one build; `scripts/build-web.ts` runs it. */
export default defineConfig({
  root,
  publicDir: "static",
  plugins: [react(), facePages()],
  server: { proxy: { "/api": `http://127.0.0.1:${process.env.PORT ?? 8080}` } },
  build: {
    outDir: join(import.meta.dirname, "dist/web"),
    // Pages open on phones, and a server that runs, still ask for the parts of the build before.
    emptyOutDir: false,
    // Phones five years old: a WebView of 2021.
    target: ["chrome87", "safari14.1", "firefox88"],
    cssTarget: ["chrome87", "safari14.1"],
    // Icons drawn in code are not inlined as data: addresses, which the content policy refuses for scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: "manifest.json",
    chunkSizeWarningLimit: 1500,
    reportCompressedSize: false,
    rollupOptions: {
      // The kernel's tables are data: a face that uses none of them does not carry them.
      treeshake: {
        manualPureFunctions: ["calendarOf", "Object.freeze"],
        moduleSideEffects: [{ test: /[\\/]src[\\/].*\.ts$/, sideEffects: false }],
      },
      input: {
        public: join(root, "public/index.html"),
        worker: join(root, "worker/index.html"),
        office: join(root, "office/index.html"),
      },
    },
  },
});
