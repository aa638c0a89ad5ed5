/** The forms of new employment a generated union may gather (membership.md §8.1). */
export const newEmploymentGroupCodes = [
  "TRUCK_DRIVER",
  "RIDE_HAILING_DRIVER",
  "COURIER",
  "FOOD_DELIVERY_RIDER",
] as const;
