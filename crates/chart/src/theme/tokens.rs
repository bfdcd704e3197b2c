//! Every colour of `assets/tokens.css`, light and dark. Written from that file by the test `tokens_are_those_of_the_css`
//! (`UPDATE_TOKENS=1`); not edited by hand.

use crate::color::Color;

/// A colour by what it means; `data-1` of the style sheet is [`Token::Data1`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the style sheet says what each is for")]
pub enum Token {
    Surface0,
    Surface1,
    Surface2,
    Surface3,
    Line,
    LineStrong,
    LineControl,
    Text1,
    Text2,
    Text3,
    Accent,
    AccentFill,
    OnAccent,
    AccentSoft,
    Focus,
    Ok,
    OkSoft,
    Warn,
    WarnSoft,
    Bad,
    BadSoft,
    Stale,
    StaleSoft,
    Provisional,
    ProvisionalSoft,
    Measure,
    MeasureSoft,
    Other,
    GridLine,
    Axis,
    Crosshair,
    Data1,
    Data2,
    Data3,
    Data4,
    Data5,
    Data6,
    Data7,
    Data8,
    Data9,
    Data10,
    Seq1,
    Seq2,
    Seq3,
    Seq4,
    Seq5,
    Seq6,
    Seq7,
    Seq8,
    Div1,
    Div2,
    Div3,
    Div4,
    Div5,
    Div6,
    Div7,
    MapWater,
    MapLand,
    MapFar,
    MapPark,
    MapStreet,
    MapMain,
    MapWay,
    MapZone,
    MapLabel,
    MapHalo,
    MapCasing,
    Scrim,
}

impl Token {
    /// How many there are.
    pub const COUNT: usize = 68;

    /// All, in the order of the style sheet.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Surface0,
        Self::Surface1,
        Self::Surface2,
        Self::Surface3,
        Self::Line,
        Self::LineStrong,
        Self::LineControl,
        Self::Text1,
        Self::Text2,
        Self::Text3,
        Self::Accent,
        Self::AccentFill,
        Self::OnAccent,
        Self::AccentSoft,
        Self::Focus,
        Self::Ok,
        Self::OkSoft,
        Self::Warn,
        Self::WarnSoft,
        Self::Bad,
        Self::BadSoft,
        Self::Stale,
        Self::StaleSoft,
        Self::Provisional,
        Self::ProvisionalSoft,
        Self::Measure,
        Self::MeasureSoft,
        Self::Other,
        Self::GridLine,
        Self::Axis,
        Self::Crosshair,
        Self::Data1,
        Self::Data2,
        Self::Data3,
        Self::Data4,
        Self::Data5,
        Self::Data6,
        Self::Data7,
        Self::Data8,
        Self::Data9,
        Self::Data10,
        Self::Seq1,
        Self::Seq2,
        Self::Seq3,
        Self::Seq4,
        Self::Seq5,
        Self::Seq6,
        Self::Seq7,
        Self::Seq8,
        Self::Div1,
        Self::Div2,
        Self::Div3,
        Self::Div4,
        Self::Div5,
        Self::Div6,
        Self::Div7,
        Self::MapWater,
        Self::MapLand,
        Self::MapFar,
        Self::MapPark,
        Self::MapStreet,
        Self::MapMain,
        Self::MapWay,
        Self::MapZone,
        Self::MapLabel,
        Self::MapHalo,
        Self::MapCasing,
        Self::Scrim,
    ];

    /// The name of its custom property, without the dashes in front.
    #[must_use]
    pub const fn name(self) -> &'static str {
        NAMES[self as usize]
    }
}

const NAMES: [&str; Token::COUNT] = [
    "surface-0",
    "surface-1",
    "surface-2",
    "surface-3",
    "line",
    "line-strong",
    "line-control",
    "text-1",
    "text-2",
    "text-3",
    "accent",
    "accent-fill",
    "on-accent",
    "accent-soft",
    "focus",
    "ok",
    "ok-soft",
    "warn",
    "warn-soft",
    "bad",
    "bad-soft",
    "stale",
    "stale-soft",
    "provisional",
    "provisional-soft",
    "measure",
    "measure-soft",
    "other",
    "grid-line",
    "axis",
    "crosshair",
    "data-1",
    "data-2",
    "data-3",
    "data-4",
    "data-5",
    "data-6",
    "data-7",
    "data-8",
    "data-9",
    "data-10",
    "seq-1",
    "seq-2",
    "seq-3",
    "seq-4",
    "seq-5",
    "seq-6",
    "seq-7",
    "seq-8",
    "div-1",
    "div-2",
    "div-3",
    "div-4",
    "div-5",
    "div-6",
    "div-7",
    "map-water",
    "map-land",
    "map-far",
    "map-park",
    "map-street",
    "map-main",
    "map-way",
    "map-zone",
    "map-label",
    "map-halo",
    "map-casing",
    "scrim",
];

pub(super) const LIGHT: [Color; Token::COUNT] = [
    Color::rgb(0xf4_f5_f7),      // surface-0
    Color::rgb(0xff_ff_ff),      // surface-1
    Color::rgb(0xf1_f3_f6),      // surface-2
    Color::rgb(0xe4_e8_ee),      // surface-3
    Color::rgb(0xe3_e6_eb),      // line
    Color::rgb(0xcb_d1_d9),      // line-strong
    Color::rgb(0x86_8e_9b),      // line-control
    Color::rgb(0x14_17_1c),      // text-1
    Color::rgb(0x47_4e_5a),      // text-2
    Color::rgb(0x64_6c_79),      // text-3
    Color::rgb(0x4a_45_d6),      // accent
    Color::rgb(0x4a_45_d6),      // accent-fill
    Color::rgb(0xff_ff_ff),      // on-accent
    Color::rgb(0xec_eb_fc),      // accent-soft
    Color::rgb(0x4a_45_d6),      // focus
    Color::rgb(0x0f_7a_57),      // ok
    Color::rgb(0xe0_f4_ec),      // ok-soft
    Color::rgb(0x93_56_0a),      // warn
    Color::rgb(0xfd_f0_da),      // warn-soft
    Color::rgb(0xc0_22_2c),      // bad
    Color::rgb(0xfd_ea_ea),      // bad-soft
    Color::rgb(0x8a_5f_12),      // stale
    Color::rgb(0xf8_ef_dc),      // stale-soft
    Color::rgb(0x5b_6b_8c),      // provisional
    Color::rgb(0xe9_ed_f4),      // provisional-soft
    Color::rgb(0x5b_6b_8c),      // measure
    Color::rgb(0xd5_dc_ea),      // measure-soft
    Color::rgb(0x92_88_81),      // other
    Color::rgb(0xec_ee_f2),      // grid-line
    Color::rgb(0xc3_c9_d2),      // axis
    Color::rgb(0x14_17_1c),      // crosshair
    Color::rgb(0x49_72_ec),      // data-1
    Color::rgb(0xbf_74_14),      // data-2
    Color::rgb(0x15_75_69),      // data-3
    Color::rgb(0xc5_0c_56),      // data-4
    Color::rgb(0x5a_2e_ae),      // data-5
    Color::rgb(0x81_91_5c),      // data-6
    Color::rgb(0x8e_32_09),      // data-7
    Color::rgb(0x00_99_bb),      // data-8
    Color::rgb(0xbc_68_a2),      // data-9
    Color::rgb(0x21_48_31),      // data-10
    Color::rgb(0xee_f3_fc),      // seq-1
    Color::rgb(0xd6_e2_f8),      // seq-2
    Color::rgb(0xb4_c9_f2),      // seq-3
    Color::rgb(0x8d_ab_e8),      // seq-4
    Color::rgb(0x67_8a_dc),      // seq-5
    Color::rgb(0x47_6a_c8),      // seq-6
    Color::rgb(0x30_4b_a1),      // seq-7
    Color::rgb(0x1c_2f_6e),      // seq-8
    Color::rgb(0x8e_32_09),      // div-1
    Color::rgb(0xcc_81_52),      // div-2
    Color::rgb(0xed_ce_b6),      // div-3
    Color::rgb(0xef_f1_f4),      // div-4
    Color::rgb(0xb0_d3_dc),      // div-5
    Color::rgb(0x3f_92_a8),      // div-6
    Color::rgb(0x0b_55_66),      // div-7
    Color::rgb(0xdf_e6_ee),      // map-water
    Color::rgb(0xf0_f1_f4),      // map-land
    Color::rgb(0xe9_ec_f0),      // map-far
    Color::rgb(0xe3_eb_e2),      // map-park
    Color::rgb(0xff_ff_ff),      // map-street
    Color::rgb(0xff_ff_ff),      // map-main
    Color::rgb(0xcc_d3_dd),      // map-way
    Color::rgb(0xb9_c1_cd),      // map-zone
    Color::rgb(0x5a_63_70),      // map-label
    Color::rgb(0xff_ff_ff),      // map-halo
    Color::rgb(0xff_ff_ff),      // map-casing
    Color::rgba(0x14_17_1c, 10), // scrim
];

pub(super) const DARK: [Color; Token::COUNT] = [
    Color::rgb(0x0a_0c_10),     // surface-0
    Color::rgb(0x11_14_19),     // surface-1
    Color::rgb(0x18_1c_23),     // surface-2
    Color::rgb(0x22_28_31),     // surface-3
    Color::rgb(0x21_26_2e),     // line
    Color::rgb(0x36_3d_48),     // line-strong
    Color::rgb(0x6f_78_86),     // line-control
    Color::rgb(0xee_f1_f5),     // text-1
    Color::rgb(0xae_b6_c2),     // text-2
    Color::rgb(0x87_91_a0),     // text-3
    Color::rgb(0x9a_98_ff),     // accent
    Color::rgb(0x5f_5b_e6),     // accent-fill
    Color::rgb(0xff_ff_ff),     // on-accent
    Color::rgb(0x1f_1f_3d),     // accent-soft
    Color::rgb(0x9a_98_ff),     // focus
    Color::rgb(0x3f_c0_8a),     // ok
    Color::rgb(0x10_29_1f),     // ok-soft
    Color::rgb(0xf0_a6_3a),     // warn
    Color::rgb(0x2e_21_10),     // warn-soft
    Color::rgb(0xff_7a_7a),     // bad
    Color::rgb(0x34_18_19),     // bad-soft
    Color::rgb(0xd9_ab_52),     // stale
    Color::rgb(0x2a_22_13),     // stale-soft
    Color::rgb(0x93_a2_bf),     // provisional
    Color::rgb(0x1c_23_30),     // provisional-soft
    Color::rgb(0x8b_9a_b8),     // measure
    Color::rgb(0x2a_33_42),     // measure-soft
    Color::rgb(0x66_68_77),     // other
    Color::rgb(0x1b_20_27),     // grid-line
    Color::rgb(0x39_41_4d),     // axis
    Color::rgb(0xee_f1_f5),     // crosshair
    Color::rgb(0x5a_8c_f8),     // data-1
    Color::rgb(0xee_9f_04),     // data-2
    Color::rgb(0x3d_c5_b5),     // data-3
    Color::rgb(0xf5_57_7a),     // data-4
    Color::rgb(0x7e_5b_cb),     // data-5
    Color::rgb(0xca_df_76),     // data-6
    Color::rgb(0xb8_52_27),     // data-7
    Color::rgb(0x9f_e4_fc),     // data-8
    Color::rgb(0xe1_91_d9),     // data-9
    Color::rgb(0x49_88_5f),     // data-10
    Color::rgb(0x17_1e_2b),     // seq-1
    Color::rgb(0x1c_2a_47),     // seq-2
    Color::rgb(0x24_3c_69),     // seq-3
    Color::rgb(0x2f_50_8e),     // seq-4
    Color::rgb(0x41_69_b5),     // seq-5
    Color::rgb(0x5e_89_d7),     // seq-6
    Color::rgb(0x8e_b2_ee),     // seq-7
    Color::rgb(0xcb_de_fc),     // seq-8
    Color::rgb(0xf2_a1_72),     // div-1
    Color::rgb(0xba_6a_3c),     // div-2
    Color::rgb(0x5f_3c_29),     // div-3
    Color::rgb(0x22_28_31),     // div-4
    Color::rgb(0x1f_47_51),     // div-5
    Color::rgb(0x2f_86_9b),     // div-6
    Color::rgb(0x7e_d4_e7),     // div-7
    Color::rgb(0x0b_0e_13),     // map-water
    Color::rgb(0x15_19_1f),     // map-land
    Color::rgb(0x12_16_1b),     // map-far
    Color::rgb(0x15_1f_1c),     // map-park
    Color::rgb(0x24_2a_33),     // map-street
    Color::rgb(0x2d_34_3f),     // map-main
    Color::rgb(0x3a_43_50),     // map-way
    Color::rgb(0x3a_42_4e),     // map-zone
    Color::rgb(0x93_9d_ab),     // map-label
    Color::rgb(0x12_16_1b),     // map-halo
    Color::rgb(0x0d_10_14),     // map-casing
    Color::rgba(0xff_ff_ff, 8), // scrim
];
