/**
 * The write-ahead log of a damaged database: which pages it holds newer than the file. Each frame is proved by itself with
 * the checksum that the frame before it stored, so that one damaged frame does not cost those behind it.
 * https://www.sqlite.org/fileformat2.html#walformat
 */

export interface Log {
  /** Where the newest sound and committed image of a page stands in the log. */
  readonly images: ReadonlyMap<number, number>;
  /** Pages whose newest image is damaged: what is read of them is older. */
  readonly stale: ReadonlySet<number>;
  readonly frames: number;
  readonly damagedFrames: number;
  /** Pages of the database after the last commit; 0: the log tells nothing. */
  readonly pages: number;
}

const headerSize = 32;
const frameHeaderSize = 24;
const magics = [0x377f0682, 0x377f0683] as const;

export const emptyLog: Log = { images: new Map(), stale: new Set(), frames: 0, damagedFrames: 0, pages: 0 };

interface Frame {
  readonly page: number;
  readonly commit: number;
  readonly at: number;
  readonly sound: boolean;
}

export function readLog(log: Buffer, pageSize: number): Log {
  if (log.length < headerSize + frameHeaderSize + pageSize) return emptyLog;
  const bigEndian = log.readUInt32BE(0) === magics[1];
  const whole = magics.some((magic) => magic === log.readUInt32BE(0));
  // A damaged header: the first frame carries the same salts.
  const salts = whole ? log.subarray(16, 24) : log.subarray(headerSize + 8, headerSize + 16);
  const frames: Frame[] = [];
  // Stored big-endian, whatever the order of the words it is made of.
  let seed = log.subarray(24, 32);
  for (let at = headerSize; at + frameHeaderSize + pageSize <= log.length; at += frameHeaderSize + pageSize) {
    const header = log.subarray(at, at + frameHeaderSize);
    const ours = header.subarray(8, 16).equals(salts);
    const data = log.subarray(at + frameHeaderSize, at + frameHeaderSize + pageSize);
    const sum = checksum(
      [header.subarray(0, 8), data],
      [seed.readUInt32BE(0), seed.readUInt32BE(4)],
      bigEndian,
    );
    const sound = ours && sum[0] === header.readUInt32BE(16) && sum[1] === header.readUInt32BE(20);
    // Behind the newest frame stand those of an earlier round, with other salts.
    if (!ours && !frames.some((frame) => !frame.sound) && frames.length > 0) break;
    frames.push({
      page: header.readUInt32BE(0),
      commit: header.readUInt32BE(4),
      at: at + frameHeaderSize,
      sound,
    });
    seed = header.subarray(16, 24);
  }
  return collected(frames);
}

function collected(frames: readonly Frame[]): Log {
  const lastCommit = frames.findLastIndex((frame) => frame.sound && frame.commit > 0);
  const images = new Map<number, number>();
  const stale = new Set<number>();
  for (const { page, sound, at } of frames.slice(0, lastCommit + 1)) {
    if (sound) {
      images.set(page, at);
      stale.delete(page);
    } else stale.add(page);
  }
  return {
    images,
    stale,
    frames: frames.length,
    damagedFrames: frames.filter((frame) => !frame.sound).length,
    pages: frames[lastCommit]?.commit ?? 0,
  };
}

function checksum(
  parts: readonly Buffer[],
  seed: readonly [number, number],
  bigEndian: boolean,
): [number, number] {
  let [one, two] = seed;
  for (const part of parts) {
    for (let at = 0; at + 8 <= part.length; at += 8) {
      one = (one + (bigEndian ? part.readUInt32BE(at) : part.readUInt32LE(at)) + two) >>> 0;
      two = (two + (bigEndian ? part.readUInt32BE(at + 4) : part.readUInt32LE(at + 4)) + one) >>> 0;
    }
  }
  return [one, two];
}
