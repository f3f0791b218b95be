/** What kind of AWS endpoint a name belongs to, and in which region; `*` where the service has one zone for all regions. */
export interface AliasFamily {
  readonly kind:
    | 'load balancer'
    | 'network load balancer'
    | 'CloudFront'
    | 'Global Accelerator'
    | 'S3 website'
    | 'API Gateway'
    | 'Elastic Beanstalk'
    | 'VPC endpoint';
  readonly region: string;
}

/** Recognises an AWS endpoint by its name; null for any other. Takes lower case, with or without the final dot. */
export function aliasFamily(dnsName: string): AliasFamily | null {
  const name = dnsName.replace(/\.$/, '');
  for (const [kind, pattern] of PATTERNS) {
    const match = pattern.exec(name);
    if (match !== null) return { kind, region: match[1] ?? '*' };
  }
  return null;
}

/** The published id of the hosted zone that an alias to this endpoint must name; null where it is not in the table: nothing is guessed. */
export function publishedAliasZone(family: AliasFamily): string | null {
  const zones = PUBLISHED.get(family.kind);
  return zones?.get(family.region) ?? null;
}

const REGION = '([a-z]{2}(?:-gov)?-[a-z]+-\\d)';

const PATTERNS: readonly (readonly [AliasFamily['kind'], RegExp])[] = [
  ['CloudFront', /\.cloudfront\.net$/],
  ['Global Accelerator', /\.awsglobalaccelerator\.com$/],
  ['load balancer', new RegExp(`\\.${REGION}\\.elb\\.amazonaws\\.com$`)],
  ['network load balancer', new RegExp(`\\.elb\\.${REGION}\\.amazonaws\\.com$`)],
  ['S3 website', new RegExp(`(?:^|\\.)s3-website[.-]${REGION}\\.amazonaws\\.com$`)],
  ['API Gateway', new RegExp(`\\.execute-api\\.${REGION}\\.amazonaws\\.com$`)],
  ['Elastic Beanstalk', new RegExp(`\\.${REGION}\\.elasticbeanstalk\\.com$`)],
  ['VPC endpoint', new RegExp(`\\.${REGION}\\.vpce\\.amazonaws\\.com$`)],
];

const table = (lines: string): ReadonlyMap<string, string> =>
  new Map(
    lines
      .trim()
      .split(/\s*\n\s*/)
      .map((line) => line.split(/\s+/) as [string, string]),
  );

/**
 * https://docs.aws.amazon.com/general/latest/gr/elb.html, .../s3.html, and AliasTarget of the Route 53 API reference.
 * API Gateway, Elastic Beanstalk and VPC endpoints are left out: their ids are taken from red, or asked for.
 */
const PUBLISHED = new Map<AliasFamily['kind'], ReadonlyMap<string, string>>([
  ['CloudFront', table('* Z2FDTNDATAQYW2')],
  ['Global Accelerator', table('* Z2BJ6XQ5FK7U4H')],
  [
    'load balancer',
    table(`
      us-east-1 Z35SXDOTRQ7X7K
      us-east-2 Z3AADJGX6KTTL2
      us-west-1 Z368ELLRRE2KJ0
      us-west-2 Z1H1FL5HABSF5
      us-gov-east-1 Z166TLBEWOO7G0
      us-gov-west-1 Z33AYJ8TM3BH4J
      af-south-1 Z268VQBMOI5EKX
      ap-east-1 Z3DQVH9N71FHZ0
      ap-northeast-1 Z14GRHDCWA56QT
      ap-northeast-2 ZWKZPGTI48KDX
      ap-northeast-3 Z5LXEXXYW11ES
      ap-south-1 ZP97RAFLXTNZK
      ap-southeast-1 Z1LMS91P8CMLE5
      ap-southeast-2 Z1GM3OXH4ZPM65
      ap-southeast-3 Z08888821HLRG5A9ZRTER
      ca-central-1 ZQSVJUPU6J1EY
      eu-central-1 Z215JYRZR1TBD5
      eu-central-2 Z06391101F2ZOEP8P5EB3
      eu-north-1 Z23TAZ6LKFMNIO
      eu-south-1 Z3ULH7SSC9OV64
      eu-south-2 Z0956581394HF5D5LXGAP
      eu-west-1 Z32O12XQLNTSW2
      eu-west-2 ZHURV8PSTC4K8
      eu-west-3 Z3Q77PNBQS71R4
      me-central-1 Z08230872XQRWHG2XF6I
      me-south-1 ZS929ML54UICD
      sa-east-1 Z2P70J7HTTTPLU
    `),
  ],
  [
    'network load balancer',
    table(`
      us-east-1 Z26RNL4JYFTOTI
      us-east-2 ZLMOA37VPKANP
      us-west-1 Z24FKFUX50B4VW
      us-west-2 Z18D5FSROUN65G
      us-gov-east-1 Z1ZSMQQ6Q24QQ8
      us-gov-west-1 ZMG1MZ2THAWF1
      af-south-1 Z203XCE67M25HM
      ap-east-1 Z12Y7K3UBGUAD1
      ap-northeast-1 Z31USIVHYNEOWT
      ap-northeast-2 ZIBE1TIR4HY56
      ap-northeast-3 Z1GWIQ4HH19I5X
      ap-south-1 ZVDDRBQ08TROA
      ap-southeast-1 ZKVM4W9LS7TM
      ap-southeast-2 ZCT6FZBF4DROD
      ap-southeast-3 Z01971771FYVNCOVWJU1G
      ca-central-1 Z2EPGBW3API2WT
      eu-central-1 Z3F0SRJ5LGBH90
      eu-central-2 Z02239872DOALSIDCX66S
      eu-north-1 Z1UDT6IFJ4EJM
      eu-south-1 Z23146JA1KNAFP
      eu-south-2 Z1011216NVTVYADP1SSV
      eu-west-1 Z2IFOLAFXWLO4F
      eu-west-2 ZD4D7Y8KGAS4G
      eu-west-3 Z1CMS0P5QUZ6D5
      me-central-1 Z00282643NTTLPANJJG2P
      me-south-1 Z3QSRYVP46NYYV
      sa-east-1 ZTK26PT1VY4CU
    `),
  ],
  [
    'S3 website',
    table(`
      us-east-1 Z3AQBSTGFYJSTF
      us-east-2 Z2O1EMRO9K5GLX
      us-west-1 Z2F56UZL2M1ACD
      us-west-2 Z3BJ6K6RIION7M
      ap-northeast-1 Z2M4EHUR26P7ZW
      ap-northeast-2 Z3W03O7B5YMIYP
      ap-south-1 Z11RGJOFQNVJUP
      ap-southeast-1 Z3O0J2DXBE1FTB
      ap-southeast-2 Z1WCIGYICN2BYD
      ca-central-1 Z1QDHH18159H29
      eu-central-1 Z21DNDUVLTQW6Q
      eu-north-1 Z3BAZG2TWCNX0D
      eu-west-1 Z1BKCTXD74EZPE
      eu-west-2 Z3GKZC51ZF0DB4
      eu-west-3 Z3R1K369G5AVDG
      sa-east-1 Z7KQH4QJS55SO
    `),
  ],
]);
