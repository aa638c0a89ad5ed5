// Loaded before the program (node --import) to let its process live at another time than the machine: ZHIJIA_TEST_SHIFT_MS.
const shift = Number(process.env.ZHIJIA_TEST_SHIFT_MS);
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
