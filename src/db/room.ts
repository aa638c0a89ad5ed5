import { statfsSync } from "node:fs";
import { statfs } from "node:fs/promises";

/** The free space of the embedded database's disk, looked at every two seconds. */
export type Room = {
  /** Whether there is enough to write on. */
  enough(): boolean;
  close(): void;
};

/** Kept free: PostgreSQL itself needs room to write out what it has promised, and stops when it finds none. */
const RESERVE_BYTES = 64 * 2 ** 20;
const LOOK_EVERY_MS = 2000;

/** Watches the disk a folder is on. `changed` is told when it comes to be full, and when there is room again. */
export function watchRoom(folder: string, changed: (enough: boolean) => void): Room {
  let enough = true;
  const weigh = ({ bavail, bsize }: { bavail: number; bsize: number }): void => {
    const found = bavail * bsize >= RESERVE_BYTES;
    if (found === enough) return;
    enough = found;
    changed(found);
  };
  weigh(statfsSync(folder));
  const timer = setInterval(() => void statfs(folder).then(weigh, () => {}), LOOK_EVERY_MS);
  timer.unref();
  return { enough: () => enough, close: () => clearInterval(timer) };
}

/** Whether a folder's disk has no room for two segments of the server's log, without which it cannot start. */
export function isRoomless(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < 32 * 2 ** 20;
}
