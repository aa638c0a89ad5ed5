import assert from "node:assert/strict";
import test from "node:test";
import { type Answer, story } from "./story.ts";

/** Figures as officers meet them: each opens a list of as many, and small numbers stay in the house. */

const s = story({ lives: true });

function ok(answer: Answer): Answer["body"] {
  assert.equal(answer.status, 200, JSON.stringify(answer.body).slice(0, 600));
  return answer.body;
}

type Told = { value: number | null; hidden: boolean; listUrl: string | null };
type Figure = Told & {
  measure: string;
  unitOfMeasure: string;
  counted: boolean;
  listUrl: string;
  splits: string[];
  by: (Told & { key: string })[];
  series: (Told & { period: string })[];
};

const wide = "from=2024-01-01";

test("every figure, part and month equals the count of the list it opens", async () => {
  const chair = await s.as("chair.county");
  const { units } = ok(await chair.get("/api/me")).powers.find(
    (one: { power: string }) => one.power === "figures.read",
  );
  const unit = units[0];
  let opened = 0;
  const holds = async (told: Told & { listUrl: string | null }, what: string) => {
    if (told.listUrl === null) return;
    const list = ok(await chair.get(told.listUrl));
    assert.equal(list.totalFen ?? list.total, told.value, `${what}: ${told.listUrl}`);
    opened++;
  };
  for (const one of ok(await chair.get(`/api/figures/overview?unit=${unit}&${wide}`)).items as Figure[]) {
    assert.equal(one.hidden, false, "who opens every list is told everything");
    if (one.counted) await holds(one, one.measure);
    for (const by of one.splits) {
      const split = ok(
        await chair.get(`/api/figures?unit=${unit}&${wide}&measure=${one.measure}&by=${by}`),
      ) as Figure;
      if (one.counted || one.unitOfMeasure === "fen")
        for (const part of split.by) await holds(part, `${one.measure} by ${by} ${part.key}`);
    }
    if (one.counted || one.unitOfMeasure === "fen")
      for (const point of one.series.filter(({ value }) => value !== 0))
        await holds(point, `${one.measure} in ${point.period}`);
  }
  assert.ok(opened > 25, `${opened} lists were opened`);
});

test("a union's figure is the same beside its sisters as by itself", async () => {
  const chair = await s.as("chair.city");
  const { units } = ok(await chair.get("/api/me")).powers.find(
    (one: { power: string }) => one.power === "figures.read",
  );
  for (const measure of ["members", "coverage", "cases-open", "days-median", "aid-paid", "rating"]) {
    const { items } = ok(await chair.get(`/api/figures/below?unit=${units[0]}&measure=${measure}&${wide}`));
    assert.ok(items.length > 1);
    for (const line of items) {
      const alone = ok(await chair.get(`/api/figures?unit=${line.unit.id}&measure=${measure}&${wide}`));
      assert.equal(line.value, alone.value, `${measure} of ${line.unit.name}`);
    }
  }
});

test("small numbers of people are not told to who may not open the list, nor exported", async () => {
  const finance = await s.as("finance.county");
  const chair = await s.as("chair.county");
  const { units } = ok(await finance.get("/api/me")).powers.find(
    (one: { power: string }) => one.power === "figures.read",
  );
  const at = `unit=${units[0]}&${wide}`;
  const told = ok(await finance.get(`/api/figures/overview?${at}`)).items as Figure[];
  const whole = ok(await chair.get(`/api/figures/overview?${at}`)).items as Figure[];
  const outward = ok(await chair.get(`/api/figures/overview?${at}&outward=true`)).items as Figure[];
  let hidden = 0;
  for (const [index, one] of told.entries()) {
    const all = whole[index]!;
    if (!["people", "cases"].includes(one.unitOfMeasure) || one.measure === "batches-overdue") continue;
    for (const [part, real] of [
      [one, all],
      ...one.by.map((cell, at) => [cell, all.by[at]!]),
      ...one.series.map((cell, at) => [cell, all.series[at]!]),
    ] as [Told, Told][]) {
      if (part.hidden) hidden++;
      else assert.equal(part.value, real.value);
      assert.ok(part.hidden || part.value === null || part.value === 0 || part.value >= 5, one.measure);
    }
    const away = all.by.filter((_, at) => one.by[at]!.hidden).reduce((sum, { value }) => sum + value!, 0);
    assert.ok(away === 0 || away >= 5 || one.hidden, `${one.measure}: the rest gives ${away} away`);
    assert.deepEqual(
      [outward[index]!.value, outward[index]!.by],
      [one.value, one.by],
      "as an outsider sees it",
    );
  }
  assert.ok(hidden > 3, `${hidden} were hidden`);
  const file = await chair.get(`/api/figures/export?${at}`);
  assert.equal(file.status, 200);
  const lines = file.bytes.toString("utf8").split("\r\n");
  assert.ok(lines.some((line) => line.includes(",*,人,") || line.includes(",*,件,")));
  for (const line of lines) {
    const small = /,([1-4]),(人|件),/.exec(line);
    assert.ok(!small || line.startsWith("逾期发放批次"), line);
  }
});
