import { IsIn, IsOptional, IsString, Length } from 'class-validator';

/** What a peer of the hall sends as `auth`: who holds the key, or a page that watches with a token. */
export class AuthDto {
  @IsOptional()
  @IsString()
  authKey?: string;

  @IsOptional()
  @IsString()
  @Length(1, 100)
  token?: string;

  @IsIn(['worker', 'audience', 'watcher', 'organiser'])
  role!: 'worker' | 'audience' | 'watcher' | 'organiser';

  /** Distinguishes the workers; a share of the games is dealt to each name. */
  @IsString()
  @Length(1, 40)
  name!: string;
}
