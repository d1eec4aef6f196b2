import { IsIn, IsString, Length } from 'class-validator';

/** What a peer of the hall sends as `auth`. */
export class AuthDto {
  @IsString()
  authKey!: string;

  @IsIn(['worker', 'audience'])
  role!: 'worker' | 'audience';

  /** Distinguishes the workers; a share of the games is dealt to each name. */
  @IsString()
  @Length(1, 40)
  name!: string;
}
