/** What a worker is told before asking for a file. */
export const guide = {
  title: { zh: "困难职工建档", en: "Hardship file" },
  summary: {
    zh: "家里遇到困难，申请建立困难职工档案，之后才能领取帮扶。",
    en: "When a family is in difficulty: the file on which all regular aid rests.",
  },
  forWhom: {
    zh: "因病、因残、因学、失业、灾害或意外而生活困难的职工家庭，含农民工和新就业形态劳动者。",
    en: "Households of workers in need through illness, disability, schooling, lay-off, disaster or accident; migrant and platform workers too.",
  },
  youGet: {
    zh: "建档后按困难类别享受生活救助、医疗救助、子女助学等帮扶，并有专人联系。",
    en: "With a file: living, medical and schooling aid by category, and one officer who stays in touch.",
  },
  howLong: {
    zh: "一般 6 至 8 周，其中公示 5 个工作日。",
    en: "Six to eight weeks, with a notice of five working days.",
  },
  whoSees: {
    zh: "本单位工会、县（区）总工会和市总工会的经办人员。每一次查看都有记录，您可以看到。公示给同一工会的会员看，只有姓名、单位、类别和原因大类；有的地方也在网上公示，网上只显示姓氏。",
    en: "The officers in charge at your union, the county and the city. Each look is recorded and you can read the record. The notice is for the members of your union and shows your name, union, category and class of cause only; some places put it on the web too, with your surname alone.",
  },
  basis: [
    {
      document: {
        zh: "《困难职工档案管理办法》（总工办发〔2016〕36号）",
        en: "Measures on Hardship Files (2016)",
      },
    },
    {
      document: { zh: "《中华人民共和国个人信息保护法》", en: "Personal Information Protection Law" },
      article: "第二十九条",
    },
  ],
  lifeEvents: ["illness", "disability", "schooling", "layoff", "disaster", "accident", "poverty"],
} as const;
