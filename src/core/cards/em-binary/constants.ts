/**
 * Binary frame of combined EM4100 and Mifare readers, 9600 8N1: STX, length, card type, serial, BCC, ETX. The length is
 * that of the whole frame (`02 0A 02 06008E6D5D B0 03` has 10 bytes; makers' texts that say "without STX" do not fit their
 * own example). BCC is the XOR from the length byte through the serial.
 */
export const cardTypes = { mifare: 0x01, em4100: 0x02 } as const;
/** Bytes beside the serial. */
export const overhead = 5;
/** Mifare serials have 4, 7 or 10 bytes, EM4100 tags 5. */
export const minSerial = 4;
export const maxSerial = 10;
