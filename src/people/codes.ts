import { halfWidth } from "../kernel/text.ts";
import type { Text } from "../kernel/words.ts";

/** Nations of China, GB/T 3304-1991, and the two codes in use beside them. */
const ethnicityRows =
  "01汉Han 02蒙古Mongol 03回Hui 04藏Zang 05维吾尔Uygur 06苗Miao 07彝Yi 08壮Zhuang 09布依Buyei 10朝鲜Chosen 11满Man 12侗Dong 13瑶Yao 14白Bai 15土家Tujia 16哈尼Hani 17哈萨克Kazak 18傣Dai 19黎Li 20傈僳Lisu 21佤Va 22畲She 23高山Gaoshan 24拉祜Lahu 25水Sui 26东乡Dongxiang 27纳西Naxi 28景颇Jingpo 29柯尔克孜Kirgiz 30土Tu 31达斡尔Daur 32仫佬Mulao 33羌Qiang 34布朗Blang 35撒拉Salar 36毛南Maonan 37仡佬Gelao 38锡伯Xibe 39阿昌Achang 40普米Pumi 41塔吉克Tajik 42怒Nu 43乌孜别克Uzbek 44俄罗斯Russ 45鄂温克Ewenki 46德昂Deang 47保安Bonan 48裕固Yugur 49京Gin 50塔塔尔Tatar 51独龙Derung 52鄂伦春Oroqen 53赫哲Hezhen 54门巴Monba 55珞巴Lhoba 56基诺Jino";

export const ethnicities: Readonly<Record<string, Text>> = {
  ...Object.fromEntries(
    ethnicityRows.split(" ").map((row) => {
      const [, code, zh, en] = /^(\d\d)(\p{Script=Han}+)(\w+)$/u.exec(row) as unknown as [
        string,
        string,
        string,
        string,
      ];
      return [code, { zh: `${zh}族`, en }];
    }),
  ),
  "97": { zh: "其他", en: "Other" },
  "98": { zh: "外国血统中国籍人士", en: "Chinese national of foreign descent" },
};

/** Education, GB/T 4658-2006. */
export const educations: Readonly<Record<string, Text>> = {
  "10": { zh: "研究生", en: "Postgraduate" },
  "20": { zh: "大学本科", en: "Bachelor" },
  "30": { zh: "大学专科", en: "Junior college" },
  "40": { zh: "中等职业教育", en: "Vocational secondary" },
  "60": { zh: "普通高中", en: "Senior secondary" },
  "70": { zh: "初中", en: "Junior secondary" },
  "80": { zh: "小学", en: "Primary" },
  "90": { zh: "其他", en: "Other" },
};

/** Political status, GB/T 4762-1984. */
export const politicalStatuses: Readonly<Record<string, Text>> = {
  "01": { zh: "中共党员", en: "CPC member" },
  "02": { zh: "中共预备党员", en: "CPC probationary member" },
  "03": { zh: "共青团员", en: "Youth League member" },
  "04": { zh: "民革会员", en: "Revolutionary Committee of the Kuomintang" },
  "05": { zh: "民盟盟员", en: "China Democratic League" },
  "06": { zh: "民建会员", en: "China National Democratic Construction Association" },
  "07": { zh: "民进会员", en: "China Association for Promoting Democracy" },
  "08": { zh: "农工党党员", en: "Peasants and Workers Democratic Party" },
  "09": { zh: "致公党党员", en: "China Zhi Gong Party" },
  "10": { zh: "九三学社社员", en: "Jiusan Society" },
  "11": { zh: "台盟盟员", en: "Taiwan Democratic Self-Government League" },
  "12": { zh: "无党派民主人士", en: "No party, democrat" },
  "13": { zh: "群众", en: "No party" },
};

/** 用工形式 (membership.md §3). */
export const employmentTypes: Readonly<Record<string, Text>> = {
  CONTRACT: { zh: "劳动合同制", en: "Labour contract" },
  DISPATCHED: { zh: "劳务派遣", en: "Dispatched" },
  PART_TIME: { zh: "非全日制", en: "Part time" },
  PUBLIC_INSTITUTION: { zh: "事业编制", en: "Public institution" },
  CIVIL_SERVANT: { zh: "公务员", en: "Civil servant" },
  FLEXIBLE: { zh: "灵活就业", en: "Flexible" },
  NEW_FORM: { zh: "新就业形态", en: "New form of employment" },
  OTHER: { zh: "其他", en: "Other" },
};

/** 就业状况 (membership.md §3). */
const employmentStatuses: Readonly<Record<string, Text>> = {
  ON_POST: { zh: "在岗", en: "On post" },
  LAID_OFF: { zh: "待岗/下岗", en: "Laid off" },
  INTERNAL_RETIREMENT: { zh: "内部退养", en: "Internal retirement" },
  UNEMPLOYED: { zh: "失业", en: "Unemployed" },
  RETIRED: { zh: "退休", en: "Retired" },
  MILITARY: { zh: "服兵役", en: "Military service" },
  STUDYING: { zh: "脱产学习", en: "Full-time study" },
  SECONDED: { zh: "借调", en: "Seconded" },
};

/** 新就业形态类别: the eight groups and those of platforms (membership.md §8.1). */
export const employmentGroups: Readonly<Record<string, Text>> = {
  TRUCK_DRIVER: { zh: "货车司机", en: "Truck driver" },
  COURIER: { zh: "快递员", en: "Courier" },
  NURSING_CARER: { zh: "护工护理员", en: "Nursing carer" },
  HOUSEKEEPER: { zh: "家政服务员", en: "Housekeeper" },
  MALL_INFORMATION_STAFF: { zh: "商场信息员", en: "Mall information staff" },
  FOOD_DELIVERY_RIDER: { zh: "网约送餐员", en: "Food delivery rider" },
  PROPERTY_AGENT: { zh: "房产中介员", en: "Property agent" },
  SECURITY_GUARD: { zh: "保安员", en: "Security guard" },
  RIDE_HAILING_DRIVER: { zh: "网约车司机", en: "Ride-hailing driver" },
  LIVESTREAMER: { zh: "网络主播", en: "Livestreamer" },
  DESIGNATED_DRIVER: { zh: "代驾员", en: "Designated driver" },
  OTHER_PLATFORM: { zh: "其他平台从业者", en: "Other platform worker" },
};

/** 职业技能等级: the "new eight levels" (membership.md §3). */
export const skillLevels: Readonly<Record<string, Text>> = {
  APPRENTICE: { zh: "学徒工", en: "Apprentice" },
  L5: { zh: "初级工", en: "Junior (grade 5)" },
  L4: { zh: "中级工", en: "Intermediate (grade 4)" },
  L3: { zh: "高级工", en: "Senior (grade 3)" },
  L2: { zh: "技师", en: "Technician" },
  L1: { zh: "高级技师", en: "Senior technician" },
  SPECIAL: { zh: "特级技师", en: "Special-grade technician" },
  CHIEF: { zh: "首席技师", en: "Chief technician" },
  NONE: { zh: "无", en: "None" },
};

/** Words that mean a code beside its own: what rosters write. Keys are plain (see `plainWord`). */
const more: Readonly<Record<CodeList, Readonly<Record<string, string>>>> = {
  ethnicity: { 维族: "05", 哈族: "17", 蒙族: "02", 鲜族: "10", 穿青人: "97" },
  education: {
    博士: "10",
    博士研究生: "10",
    硕士: "10",
    硕士研究生: "10",
    研究生教育: "10",
    研究生及以上: "10",
    本科: "20",
    大学: "20",
    学士: "20",
    本科教育: "20",
    大本: "20",
    全日制本科: "20",
    在职本科: "20",
    双学士: "20",
    专科: "30",
    大专: "30",
    高职: "30",
    专科教育: "30",
    大学专科: "30",
    大普: "30",
    中专: "40",
    职高: "40",
    技校: "40",
    中职: "40",
    中技: "40",
    中等专科: "40",
    职业高中: "40",
    技工学校: "40",
    中等职业: "40",
    高中: "60",
    初级中学: "70",
    初中及以下: "70",
    中学: "70",
    文盲: "90",
    无: "90",
  },
  politicalStatus: {
    党员: "01",
    中共党员: "01",
    共产党员: "01",
    中国共产党党员: "01",
    中国共产党: "01",
    预备党员: "02",
    中共预备: "02",
    团员: "03",
    共青团: "03",
    共青团员: "03",
    中国共产主义青年团员: "03",
    民革: "04",
    民盟: "05",
    民建: "06",
    民进: "07",
    农工党: "08",
    致公党: "09",
    九三: "10",
    九三学社: "10",
    台盟: "11",
    无党派: "12",
    无党派人士: "12",
    群众: "13",
    普通群众: "13",
    无: "13",
    群: "13",
  },
  employmentType: {
    合同制: "CONTRACT",
    合同工: "CONTRACT",
    劳动合同: "CONTRACT",
    全日制: "CONTRACT",
    正式工: "CONTRACT",
    固定期限: "CONTRACT",
    无固定期限: "CONTRACT",
    在职: "CONTRACT",
    正式: "CONTRACT",
    派遣: "DISPATCHED",
    派遣工: "DISPATCHED",
    劳务派遣工: "DISPATCHED",
    派遣制: "DISPATCHED",
    临时工: "PART_TIME",
    小时工: "PART_TIME",
    钟点工: "PART_TIME",
    事业: "PUBLIC_INSTITUTION",
    事业编: "PUBLIC_INSTITUTION",
    编制内: "PUBLIC_INSTITUTION",
    公务员编: "CIVIL_SERVANT",
    行政编制: "CIVIL_SERVANT",
    灵活: "FLEXIBLE",
    自由职业: "FLEXIBLE",
    个体: "FLEXIBLE",
    新业态: "NEW_FORM",
    平台用工: "NEW_FORM",
  },
  employmentStatus: {
    在职: "ON_POST",
    在岗在职: "ON_POST",
    上岗: "ON_POST",
    待岗: "LAID_OFF",
    下岗: "LAID_OFF",
    内退: "INTERNAL_RETIREMENT",
    离退休: "RETIRED",
    退役: "ON_POST",
    参军: "MILITARY",
    入伍: "MILITARY",
    进修: "STUDYING",
  },
  group: {
    卡车司机: "TRUCK_DRIVER",
    货运司机: "TRUCK_DRIVER",
    快递: "COURIER",
    快递小哥: "COURIER",
    快递投递员: "COURIER",
    护工: "NURSING_CARER",
    护理员: "NURSING_CARER",
    家政: "HOUSEKEEPER",
    保姆: "HOUSEKEEPER",
    月嫂: "HOUSEKEEPER",
    商场信息: "MALL_INFORMATION_STAFF",
    促销员: "MALL_INFORMATION_STAFF",
    外卖: "FOOD_DELIVERY_RIDER",
    外卖员: "FOOD_DELIVERY_RIDER",
    外卖骑手: "FOOD_DELIVERY_RIDER",
    骑手: "FOOD_DELIVERY_RIDER",
    送餐员: "FOOD_DELIVERY_RIDER",
    外卖配送员: "FOOD_DELIVERY_RIDER",
    外卖送餐员: "FOOD_DELIVERY_RIDER",
    房产中介: "PROPERTY_AGENT",
    中介: "PROPERTY_AGENT",
    保安: "SECURITY_GUARD",
    网约车: "RIDE_HAILING_DRIVER",
    滴滴司机: "RIDE_HAILING_DRIVER",
    主播: "LIVESTREAMER",
    代驾: "DESIGNATED_DRIVER",
    代驾司机: "DESIGNATED_DRIVER",
  },
  skillLevel: {
    五级: "L5",
    四级: "L4",
    三级: "L3",
    二级: "L2",
    一级: "L1",
    初级: "L5",
    中级: "L4",
    高级: "L3",
    五级工: "L5",
    四级工: "L4",
    三级工: "L3",
    学徒: "APPRENTICE",
    普工: "NONE",
  },
};

const tables = {
  ethnicity: ethnicities,
  education: educations,
  politicalStatus: politicalStatuses,
  employmentType: employmentTypes,
  employmentStatus: employmentStatuses,
  group: employmentGroups,
  skillLevel: skillLevels,
} as const;

/** The lists a roster's words are read by. */
export type CodeList = keyof typeof tables;

const known = new Map<CodeList, Map<string, string>>(
  (Object.keys(tables) as CodeList[]).map((list) => {
    const words = new Map(Object.entries(more[list]));
    for (const [code, { zh, en }] of Object.entries(tables[list])) {
      for (const word of [code, zh, en, zh.replace(/族$/, "")]) words.set(plainWord(word), code);
    }
    return [list, words];
  }),
);

/** The code a word means in a list, `undefined` when it means none. Recognises code, name and common synonyms. */
export function codeOf(list: CodeList, value: unknown): string | undefined {
  const word = plainWord(String(value ?? ""));
  if (word === "") return undefined;
  const words = known.get(list)!;
  return words.get(word) ?? (/^\d$/.test(word) ? words.get(`0${word}`) : undefined);
}

/** A code in words, or nothing when the list has no such code. */
export function wordsOf(list: CodeList, code: string | null): Text | undefined {
  return code === null ? undefined : tables[list][code];
}

function plainWord(word: string): string {
  return halfWidth(word)
    .replace(/[\s()（）\-—·.。/、]/g, "")
    .toLowerCase();
}
