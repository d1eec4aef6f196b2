import { IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';

/** A game to be judged. */
export class GameDto {
  /** Its number in the catalogue. Leave it out for a game of your own, which counts for nobody. */
  @IsOptional()
  @IsInt()
  @Min(0)
  gameId?: number;

  @IsString()
  @MaxLength(5000)
  pgn!: string;
}
