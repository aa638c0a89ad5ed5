import { test } from "node:test";
import { noCluster } from "./cluster.ts";
import { passesOnCluster } from "./stories.ts";

test("a household goes from its application to the payment, over several servers", { skip: noCluster }, () =>
  passesOnCluster("test/stories/household"),
);
