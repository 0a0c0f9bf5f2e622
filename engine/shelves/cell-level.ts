import type { BlockRing } from './block-ring.ts';
import {
  BEFORE_BLOCKS,
  BLOCK_MEMORY,
  BLOCK_US,
  CHANGED_GRAMS,
  CHANGED_SDS,
  DISTURBED_GRAMS,
  DISTURBED_SDS,
  FLAT_BLOCKS,
  FLAT_GRAMS,
  FLAT_SDS,
  FOLLOW_US,
  GUARD_BLOCKS,
  SHAKING_LEFT,
} from './change-constants.ts';

/** Means of `n` blocks scatter like one block over √(n / this): neighbouring blocks share the slow hum. */
const BLOCKS_PER_HUM = 2;
/** A cell whose blocks scatter by this, grams, needs `FLAT_BLOCKS` to be called still; one that shakes needs more, up to: */
const QUIET_SD_GRAMS = 0.8;
const MOST_FLAT_BLOCKS = 15;
/** Shaking is faster than blocks, so that several of them average it away sooner than chance would. */
const SHAKING_IN_LEVEL = 0.2;
/** Share by which the learned noise moves with every quiet block: 5 s. */
const LEARN_SHARE = BLOCK_US / 5_000_000;

/** The level of one load cell: what it was while quiet, whether it is off it, and by how much. */
export class CellLevel {
  /** Mean while quiet, grams; meaningless until the first quiet stretch. */
  grams = 0;
  isDisturbed = false;
  /** When the open disturbance began. */
  disturbedUs = 0;
  /** Blocks for which the load has held still, ending now. */
  flatBlocks = 0;
  readonly #blocks: BlockRing;
  readonly #cell: number;
  /** Blocks in `grams`, 0 = no level yet; no more than it may follow. */
  #count = 0;
  /** Block from which on the level may be taken. */
  #quietFrom = 0;
  /** Variance of one quiet block, grams². */
  #blockVar: number;
  #shakingGrams = 0;

  constructor(blocks: BlockRing, cell: number, noiseGrams: number) {
    this.#blocks = blocks;
    this.#cell = cell;
    this.#blockVar = Math.max(0.3, noiseGrams) ** 2;
  }

  /** Takes the newest block. */
  look(): void {
    const blocks = this.#blocks;
    this.#shakingGrams = blocks.shakingOf(FLAT_BLOCKS, this.#cell);
    this.#countFlat();
    if (this.#count === 0) {
      if (this.flatBlocks >= FLAT_BLOCKS) this.restart();
      else if (blocks.end - this.#quietFrom > BEFORE_BLOCKS) this.restart();
      return;
    }
    if (this.isDisturbed) return;
    if (this.#isOff()) this.disturb();
    else this.#follow();
  }

  /** Opens a disturbance. */
  disturb(): void {
    this.flatBlocks = 0;
    if (this.isDisturbed || this.#count === 0) return;
    this.isDisturbed = true;
    this.disturbedUs = this.#blocks.timeUs(Math.max(0, this.#blocks.end - 1)) - BLOCK_US;
  }

  /** Takes the present load as the new level. */
  restart(): void {
    const { end } = this.#blocks;
    const from = Math.max(0, end - FLAT_BLOCKS);
    this.grams = this.#blocks.mean(from, end, this.#cell);
    this.#count = end - from;
    this.#quietFrom = end;
    this.isDisturbed = false;
  }

  /** The unit counts from a new zero. */
  forget(): void {
    this.#count = 0;
    this.#quietFrom = this.#blocks.end;
    this.isDisturbed = false;
    this.flatBlocks = 0;
  }

  /** Present load less the level, grams. */
  get deltaGrams(): number {
    if (this.#count === 0) return 0;
    const { end } = this.#blocks;
    const blocks = this.isDisturbed ? Math.max(FLAT_BLOCKS, Math.min(this.flatBlocks, BLOCK_MEMORY / 2)) : FLAT_BLOCKS;
    return this.#blocks.mean(Math.max(0, end - blocks), end, this.#cell) - this.grams;
  }

  get deltaSdGrams(): number {
    const after = Math.max(FLAT_BLOCKS, this.flatBlocks);
    const blockVar = BLOCKS_PER_HUM * this.#blockVar + (SHAKING_IN_LEVEL * this.#shakingGrams) ** 2;
    return Math.sqrt(blockVar / after + blockVar / Math.max(1, this.#count));
  }

  /** Whether the load differs from the level by more than noise explains. */
  get hasChanged(): boolean {
    return Math.abs(this.deltaGrams) > Math.max(CHANGED_GRAMS, CHANGED_SDS * this.deltaSdGrams);
  }

  /** Whether an open disturbance may still turn out a change. */
  get matters(): boolean {
    return this.flatBlocks < FLAT_BLOCKS || this.hasChanged;
  }

  get blockSdGrams(): number {
    return Math.sqrt(this.#blockVar + (SHAKING_LEFT * this.#shakingGrams) ** 2);
  }

  /** The noisier the cell, the longer it must hold still, or the middle of a slow pull would look like its end. */
  #countFlat(): void {
    const { end } = this.#blocks;
    const sd = this.blockSdGrams;
    const needed = Math.round(FLAT_BLOCKS * (sd / QUIET_SD_GRAMS) ** 2);
    const length = Math.min(MOST_FLAT_BLOCKS, Math.max(FLAT_BLOCKS, needed));
    const from = end - length;
    if (from < 0) {
      this.flatBlocks = 0;
      return;
    }
    const half = length >> 1;
    const slope = this.#blocks.mean(end - half, end, this.#cell) - this.#blocks.mean(from, from + half, this.#cell);
    const slopeSd = sd * Math.sqrt(BLOCKS_PER_HUM / half);
    const isFlat =
      Math.abs(slope) < Math.max(FLAT_GRAMS, FLAT_SDS * slopeSd) &&
      this.#blocks.range(from, end, this.#cell) < Math.max(2 * FLAT_GRAMS, 2 * FLAT_SDS * sd);
    this.flatBlocks = isFlat ? Math.max(length, this.flatBlocks + 1) : 0;
  }

  #isOff(): boolean {
    const { end } = this.#blocks;
    const sd = this.blockSdGrams;
    const newest = this.#blocks.grams(end - 1, this.#cell) - this.grams;
    if (Math.abs(newest) > Math.max(DISTURBED_GRAMS, DISTURBED_SDS * sd)) return true;
    if (end - this.#quietFrom < FLAT_BLOCKS) return false;
    const held = this.#blocks.mean(end - FLAT_BLOCKS, end, this.#cell) - this.grams;
    return Math.abs(held) > Math.max(DISTURBED_GRAMS, DISTURBED_SDS * this.deltaSdGrams);
  }

  /** Lets level and noise follow the block of a moment ago, which nothing has followed. */
  #follow(): void {
    const block = this.#blocks.end - 1 - GUARD_BLOCKS;
    if (block < this.#quietFrom) return;
    const off = this.#blocks.grams(block, this.#cell) - this.grams;
    this.#count = Math.min(this.#count + 1, FOLLOW_US / BLOCK_US);
    this.grams += off / this.#count;
    const step = this.#blocks.grams(block, this.#cell) - this.#blocks.grams(Math.max(0, block - 1), this.#cell);
    const bounded = Math.min((step * step) / 2, 16 * this.#blockVar);
    this.#blockVar += LEARN_SHARE * (bounded - this.#blockVar);
  }
}
