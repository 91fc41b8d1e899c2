import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Extent,
  MAX_HEIGHT,
  maxOffset,
  offsetShowing,
  type Position,
  rowsAt,
  scrolled,
  scrollerHeight,
  topFor,
} from "../src/model/scroll";
import { forMany } from "./random";

const million: Extent = { rows: 1_000_000, rowHeight: 24, viewport: 376 };
const start: Position = { top: 0, offset: 0 };

test("a scroller is never taller than browsers allow", () => {
  assert.equal(scrollerHeight({ ...million, rows: 100 }), 2400);
  assert.equal(scrollerHeight(million), MAX_HEIGHT);
  assert.equal(scrollerHeight({ ...million, rows: 3 }), 376);
});

test("a scrollbar dragged to a share of a million rows lands there", () => {
  const room = MAX_HEIGHT - million.viewport;
  for (const share of [0, 0.37, 0.5, 1]) {
    const { offset } = scrolled({ top: room / 7, offset: 123 }, room * share, million);
    const [first, end] = rowsAt(offset, million);
    assert.ok(Math.abs(first - share * (1_000_000 - 376 / 24)) <= 1, `${share}: row ${first}`);
    assert.ok(end - first <= 17);
    if (share === 1) assert.equal(end, 1_000_000);
  }
});

test("the wheel moves by its own pixels, however many rows there are", () => {
  let position = scrolled(start, 5_000_000, million);
  const before = position.offset;
  for (let turn = 0; turn < 10; turn++) position = scrolled(position, position.top + 100, million);
  assert.equal(position.offset - before, 1000);
});

test("scrolling keeps within the list, and reaches both ends", () => {
  forMany(200, (random) => {
    const extent = { rows: 1 + random.int(3_000_000), rowHeight: 24, viewport: 100 + random.int(900) };
    const room = scrollerHeight(extent) - extent.viewport;
    let position = start;
    for (let step = 0; step < 20; step++) {
      const top = Math.min(
        room,
        Math.max(
          0,
          position.top + random.int(2001) - 1000 + (random.int(9) === 0 ? random.int(room + 1) : 0),
        ),
      );
      position = scrolled(position, top, extent);
      assert.ok(position.offset >= 0 && position.offset <= maxOffset(extent));
      const [first, end] = rowsAt(position.offset, extent);
      assert.ok(first >= 0 && end <= extent.rows && end - first <= extent.viewport / 24 + 2);
    }
    assert.equal(scrolled(position, room, extent).offset, maxOffset(extent));
    assert.equal(scrolled(position, 0, extent).offset, 0);
  });
});

test("showing a row moves as little as possible, and the scroller agrees", () => {
  assert.equal(offsetShowing(5, 0, million), 0);
  assert.equal(offsetShowing(20, 0, million), 21 * 24 - 376);
  assert.equal(offsetShowing(20, 10_000, million), 480);
  const shown = topFor(offsetShowing(999_999, 0, million), million);
  assert.equal(shown.top, MAX_HEIGHT - million.viewport);
  assert.equal(scrolled(shown, shown.top, million).offset, maxOffset(million));
});
