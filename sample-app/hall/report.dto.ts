import { IsInt, Min } from 'class-validator';

/** What a worker got for its share of the games. */
export class ReportDto {
  @IsInt()
  @Min(0)
  valid!: number;

  @IsInt()
  @Min(0)
  invalid!: number;

  /** Requests that no verdict came back for. */
  @IsInt()
  @Min(0)
  failed!: number;
}
