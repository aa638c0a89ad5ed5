// Loaded before the program (node --import) to let its process live at another time than the machine: ZHIJIA_TEST_SHIFT_MS
// away from it, and at each SIGUSR2 as far as the file ZHIJIA_TEST_SHIFT_FILE says.
import { readFileSync } from "node:fs";

const { ZHIJIA_TEST_SHIFT_MS: fixed, ZHIJIA_TEST_SHIFT_FILE: file } = process.env;
let shift = Number(fixed ?? 0);
if (file !== undefined)
  process.on("SIGUSR2", () => {
    shift = Number(readFileSync(file, "utf8"));
  });

const Real = Date;
const now = () => Real.now() + shift;
globalThis.Date = class extends Real {
  constructor(...given) {
    if (given.length === 0) super(now());
    else super(...given);
  }
  static now() {
    return now();
  }
};
