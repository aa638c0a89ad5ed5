// Loaded before the program (node --import): whoever sends a text message to the telephone ZHIJIA_TEST_DEADLY dies of it.
const real = globalThis.fetch;
globalThis.fetch = (url, init) => {
  if (init?.body?.includes?.(process.env.ZHIJIA_TEST_DEADLY)) process.kill(process.pid, "SIGKILL");
  return real(url, init);
};
