/**
 * RDM6300 and kin, EM4100 tags, 9600 8N1, 14 bytes: STX, 10 ASCII hex digits, 2 ASCII hex digits of check, ETX.
 * The check is the XOR of the five decoded bytes (`62E3086CED` -> `08`). ID-12 and ID-20 put CR LF before ETX.
 */
export const tagDigits = 10;
export const checkDigits = 2;
