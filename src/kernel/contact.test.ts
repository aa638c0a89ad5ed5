import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { luhn, parseCard } from "./bank-card.ts";
import { maskAddress, maskCard, maskId, maskName, maskPhone, maskSample } from "./mask.ts";
import { parseMobile, parsePhone } from "./phone.ts";
import { isRefusal } from "./refusal.ts";

test("telephone numbers are read as people write them", () => {
  const table: [unknown, string][] = [
    ["13800000000", "13800000000"],
    [13800000000, "13800000000"],
    ["+86 138-0000-0000", "13800000000"],
    ["8613800000000", "13800000000"],
    ["１３８００００００００", "13800000000"],
    ["0551-6000000", "0551-6000000"],
    ["055160000000", "0551-60000000"],
    ["(010) 6000 0000", "010-60000000"],
    ["0551-60000000转801", "0551-60000000-801"],
    ["0551-60000000-801", "0551-60000000-801"],
  ];
  for (const [given, number] of table) {
    const phone = parsePhone(given);
    assert.equal(isRefusal(phone) ? phone.code : phone.number, number, String(given));
  }
  for (const wrong of ["12800000000", "1380000000", "6000000", "电话", "0551", "010-123"])
    assert.equal((parsePhone(wrong) as { code: string }).code, "bad-phone", wrong);
  assert.equal((parseMobile("0551-6000000") as { code: string }).code, "bad-mobile");
  assert.equal((parseMobile(" ") as { code: string }).code, "required");
});

test("cards are checked by Luhn, which warns, and by what spreadsheets do to them, which refuses", () => {
  assert.deepEqual(parseCard("6222 0000 0000 0000 005"), {
    number: "6222000000000000005",
    warnings: ["luhn"],
  });
  assert.deepEqual(parseCard("4111-1111-1111-1111"), { number: "4111111111111111", warnings: [] });
  assert.equal((parseCard("6.222E+18") as { code: string }).code, "card-damaged");
  assert.equal((parseCard("6222001234567890000") as { code: string }).code, "card-damaged");
  assert.equal((parseCard(6222001234567891) as { code: string }).code, "card-damaged");
  assert.equal((parseCard("123") as { code: string }).code, "bad-card");
  assert.equal((parseCard("") as { code: string }).code, "required");
});

test("Luhn finds every single wrong digit", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 12, maxLength: 18 });
  fc.assert(
    fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (body, at, by) => {
      const check = [..."0123456789"].find((digit) => luhn(body + digit)) as string;
      const whole = body + check;
      const place = at % whole.length;
      const wrong = String((Number(whole[place]) + by) % 10);
      assert.ok(!luhn(whole.slice(0, place) + wrong + whole.slice(place + 1)));
    }),
  );
});

test("masks show what the reader needs and no more", () => {
  assert.equal(maskName("张三丰"), "张*");
  assert.equal(maskName("𠮷田"), "𠮷*");
  assert.equal(maskName("买买提·吐尔逊·阿卜杜热合曼"), "买*");
  assert.equal(maskName(""), "");
  assert.equal(maskId("110101199003077715"), "110101********7715");
  assert.equal(maskId("H12345678"), "H******78");
  assert.equal(maskSample("990101199003077715"), "990*************15");
  assert.equal(maskSample("９９０１０１１９９００３０７７７１Ｘ"), "990*************1X");
  assert.equal(maskSample("电话 １３８ 0000 0000"), "电话 138********00");
  assert.equal(maskSample("二车间 3 组"), "二车间 3 组");
  assert.equal(maskPhone("13800000000"), "138****0000");
  assert.equal(maskPhone("0551-60000012"), "0551-******12");
  assert.equal(maskCard("6222000000001234"), "**** 1234");
  assert.equal(maskCard("123"), "****");
  assert.equal(maskAddress("虚构省云溪县"), "******");
});

test("no mask lets a short value through whole", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9A-Z]{1,20}$/), (value) => {
      for (const mask of [maskId, maskPhone, maskCard]) assert.notEqual(mask(value), value);
    }),
  );
});
