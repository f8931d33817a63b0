/** What a shop has. */
export const PRODUCTS = [
  {
    id: 1,
    name: "Steel bread knife",
    price: 24,
    text: "Knife with a serrated edge for bread and cakes, 20 cm of steel",
  },
  { id: 2, name: "Baking stone", price: 39, text: "Stone for the oven: pizza and loaves get a crisp bottom" },
  {
    id: 3,
    name: "Proofing basket",
    price: 15,
    text: "Basket of rattan in which doughs of bakers rise before the oven",
  },
  { id: 4, name: "Cast iron pot", price: 89, text: "Pot with a lid, for stews and for loaves that are baked in a pot" },
  { id: 5, name: "Model BX-200 scale", price: 31, text: "Kitchen scale to the gram, up to five kilograms" },
  {
    id: 6,
    name: "Model BX-210 thermometer",
    price: 19,
    text: "Thermometer for ovens and roasts, from zero to 300 degrees",
  },
];
