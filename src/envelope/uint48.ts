const TWO_TO_32 = 2 ** 32;

/** The number in six bytes, high byte first: as large as numbers of records get. */
export function readUint48(view: DataView, offset: number): number {
  return view.getUint16(offset) * TWO_TO_32 + view.getUint32(offset + 2);
}

export function writeUint48(view: DataView, offset: number, value: number): void {
  view.setUint16(offset, Math.floor(value / TWO_TO_32));
  view.setUint32(offset + 2, value % TWO_TO_32);
}
