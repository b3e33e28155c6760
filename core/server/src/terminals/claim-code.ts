import type { RandomSource } from '../domain/time.js';
import { makeOpaqueId } from '../domain/trade-number.js';

/** 26 characters of Crockford's alphabet carry 130 bits: nobody guesses one, however often they may try. */
const CODE_LENGTH = 26;

/** A new claim code, in groups that can be read out: `8K2QM-…`. */
export function makeClaimCode(random: RandomSource): string {
  return makeOpaqueId(random, CODE_LENGTH);
}

/** As a person types it: any case, blanks and hyphens, O for 0, I and L for 1. */
export function normaliseClaimCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
}

/** For screens and paper: groups of five. */
export function showClaimCode(code: string): string {
  return code.replace(/(.{5})(?=.)/g, '$1-');
}
