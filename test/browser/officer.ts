import type { Browser } from "playwright-core";
import { newId } from "../../src/kernel/ids.ts";

/** An officer of the fictitious federation, acting through the API while a worker's page is open. */
export async function officer(browser: Browser, base: string, login: string) {
  const context = await browser.newContext({ baseURL: base });
  const { request } = context;
  const signedIn = await request.post("/api/session", {
    data: { login, password: "zhijia-trial-2026", code: "000000" },
  });
  if (!signedIn.ok()) throw new Error(`${login} cannot sign in: ${await signedIn.text()}`);
  const { csrf } = (await signedIn.json()) as { csrf: string };
  return {
    async act(caseId: string, name: string, answers: Readonly<Record<string, unknown>> = {}): Promise<void> {
      const answer = await request.post(`/api/cases/${caseId}/actions`, {
        data: { id: newId(), name, answers },
        headers: { "x-csrf": csrf },
      });
      if (!answer.ok()) throw new Error(`${login} cannot ${name}: ${await answer.text()}`);
    },
    close: () => context.close(),
  };
}
