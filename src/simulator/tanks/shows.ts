/** A tank as its gauge shows it. */

/** Volumes in litres without the water, heights in mm from the bottom. */
export interface GaugeShows {
  readonly volumeLitres: number;
  /** Corrected to 15 degC with the temperature as measured. */
  readonly volume15Litres: number;
  readonly heightMm: number;
  readonly waterMm: number;
  readonly waterLitres: number;
  readonly temperatureC: number;
  readonly ullageLitres: number;
  readonly deliveryInProgress: boolean;
}
