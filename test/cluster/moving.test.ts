import { test } from "node:test";
import { noCluster } from "./cluster.ts";
import { passesOnCluster } from "./stories.ts";

test("a worker on file moves to another district, and so to another server", { skip: noCluster }, () =>
  passesOnCluster("test/stories/moving"),
);
