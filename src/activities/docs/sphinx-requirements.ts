/** Sphinx and all that it needs, of one version each, by the hash of its wheel: nothing else is installed, and nothing of it is built. */
const WHEELS: Readonly<Record<string, readonly string[]>> = {
  'alabaster==1.0.0': ['fc6786402dc3fcb2de3cabd5fe455a2db534b371124f1f21de8731783dec828b'],
  'babel==2.18.0': ['e2b422b277c2b9a9630c1d7903c2a00d0830c409c59ac8cae9081c92f1aeba35'],
  'certifi==2026.10.19.post1': ['1324c476b4811eff41a8bc2122cd0bbd4d9c7234c725446d99ab1612b3a7fdd2'],
  'charset-normalizer==3.5.3': ['96e268b0cbda016ac519513294fcd17032264085b600abaac58b93049477e132'],
  'docutils==0.21.2': ['dafca5b9e384f0e419294eb4d2ff9fa826435bf15f15b7bd45723e8ad76811b2'],
  'idna==3.20': ['ab7ae7122974553370f0bdb919e1a960b2cd1bc1ef0276416d896db81c14582c'],
  'imagesize==2.0.1': ['ea0c9a0384df69ed86a943a15cde37d0360b82491b3910dc2215e202e62b5b02'],
  'jinja2==3.1.6': ['85ece4451f492d0c13c5dd7c13a64681a86afae63a5f347908daf103ce6d2f67'],
  'markupsafe==3.0.4': [
    '9e25feb9e330b63edb0278a0acdf85e50d0cb0fbf49c3084abbe4e24ae195346',
    '7d3391b2188d18737cb2fa147028b1096236eaa7e156446c650a489fa2cadc91',
    '849dd2bb0e5e4ab2b71c7191726a4a8d5aa8a610daa584728cbee0b710ddc4ef',
    '6da83a088f8ef93b2d483a8232a4dbf4d69d3d8496b568a03c56becac43e1808',
    '4a7cdc2a420ca01058182da4253329764d4bfa055564d1eced90e6ba1e8b1d3d',
    '50b5bedc9ed8a94fc8857a42ef4f84a81ea88f8d4f05dc8705fb23ee6d8dcca7',
    '61631e08084be9e21a8967ec3139c7616ed7c5e9368e05c86d1b39562c8a57b6',
    '0930db9bdc62d22944e10b066448bb65dc9abe9112880c7cab8da54db4284d5f',
    '6a45c3d514f2436064db00d7fc8778d888f0236ebfed649b53d13a59e69ad51b',
    '8e124f974786f831d6043728e38296969d3579db8896fe004682f5758e613581',
    '9f098115c247e11d138ab83a28fa0323c77015007ea2df73ba5fd714dfefd67c',
    'c9a7f43c0b202b334cc9184af09bb8f21d3a209e038efaf106936fb69e6b026e',
    '2d1b7d9308288661f56672b1b157d75fc536714d3638487bbea17b6318a78248',
    '73e77980c7207854f00fc4e71fb1626868d5740ab4012623d55c7a99ad122a72',
    '7018d4af1cd272e847aa5917983ab5e83e4f6579f9dbfecd4a79c0ca80b144c2',
    '434139499bb20b502ed3baa1f169e618f924a97e7a777fea1a49446d80106cf6',
    'b8cd1f918b26fd7b1832ece557cc18f2d8747309ff8b3f0ef9d4250c5ad67a39',
    '2628d3a8cb648ecebb3c5d6b0a1052d400e4d8b7ac0fb786be8d285b50040d17',
    '4cf3468d5ec187ffffcaca8e61929a37448f215dafc1386a12c750a72fe53634',
    '52704c5d36eb6dda8866493decd61111fff86244c9b1ad225ca01b9e91e5970f',
    '1caa2fa5a6184fb233153b35f654e6687bd555476f6170f29d8ee9be1a8b0af9',
    'a8e9f292fcda89b324f2f5c91d13f1424a153e40fc2756f38ee23b15835ff300',
    '8965520ac587c94a4ac48b729be3d8b8de00af39699b17585dfb599babe77977',
    '0d9c47709875fdb321452056622e930c52afbc07a7d780762fbb8b4d91ce6fa4',
  ],
  'packaging==26.4': ['81383611a09c1bc0b08b76e0fd5829d7c6824c65b27a6aee339da133f4233ea2'],
  'pygments==2.21.0': ['2363c69b61c4a97c838da3b130dcd6468f4848992b21a82f2a63ec34377137d9'],
  'requests==2.34.2': ['2a0d60c172f83ac6ab31e4554906c0f3b3588d37b5cb939b1c061f4907e278e0'],
  'roman-numerals==4.1.0': ['647ba99caddc2cc1e55a51e4360689115551bf4476d90e8162cf8c345fe233c7'],
  'roman-numerals-py==4.1.0': ['553114c1167141c1283a51743759723ecd05604a1b6b507225e91dc1a6df0780'],
  'snowballstemmer==3.1.1': ['7e207fa178741da09cdee59d3ecec3827ad5f92b1fc5c9ff3755b639f71f5752'],
  'sphinx==8.2.3': ['4405915165f13521d875a8c29c8970800a0141c14cc5416a38feca4ea5d9b9c3'],
  'sphinxcontrib-applehelp==2.0.0': ['4cd3f0ec4ac5dd9c17ec65e9ab272c9b867ea77425228e68ecf08d6b28ddbdb5'],
  'sphinxcontrib-devhelp==2.0.0': ['aefb8b83854e4b0998877524d1029fd3e6879210422ee3780459e28a1f03a8a2'],
  'sphinxcontrib-htmlhelp==2.1.0': ['166759820b47002d22914d64a075ce08f4c46818e17cfc9470a9786b759b19f8'],
  'sphinxcontrib-jsmath==2.0.0': ['15ca92fe0eec82f0baf91a7efcc51ffacdb605924be6327683a52ebdacb6744c'],
  'sphinxcontrib-qthelp==2.0.0': ['b18a828cdba941ccd6ee8445dbe72ffa3ef8cbe7505d8cd1fa0d42d3f2d5f3eb'],
  'sphinxcontrib-serializinghtml==2.0.0': ['6e2cb0eef194e10c27ec0023bfeb25badbbb5868244cf5bc5bdc04e4464bf331'],
  'urllib3==2.8.0': ['0cf3cae568d36aa9576b28dfb35f11328f1cb974ca7647d9475ebb86c75ac6e3'],
};

export const SPHINX_VERSION = '8.2.3';

/** As `pip install --require-hashes` reads it: https://pip.pypa.io/en/stable/topics/secure-installs/ */
export const SPHINX_REQUIREMENTS = Object.entries(WHEELS)
  .map(([name, hashes]) => [name, ...hashes.map((hash) => `--hash=sha256:${hash}`)].join(' '))
  .join('\n');
