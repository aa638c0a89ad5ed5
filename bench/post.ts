import { type Agent, request } from "node:http";

/** Posts JSON over a kept connection and gives the status. */
export function post(agent: Agent, url: string, cookie: string, payload: unknown): Promise<number> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify(payload);
    const headers = { cookie, "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const call = request(url, { method: "POST", agent, headers }, (answer) =>
      answer.resume().on("end", () => resolve(answer.statusCode ?? 0)),
    );
    call.on("error", reject);
    call.end(body);
  });
}
