/// What each modifier of a price, and each pair of them, makes of one call: `Tests/Prices/pairs.py` has worked it out from
/// the published rules.
///
/// A line names the modifiers, and the cost in dollars, or why there is none and the part that is known.
enum ModifierTable {
    static let text = """
        none: 0.03
        priority: 0.06
        fast: 0.06
        ultrafast: 0.18
        flex: 0.015
        scale: 0.03
        batch: 0.015
        decisions: 0.001
        cached: 0.0224
        written: 0.03125
        written_12h: 0.035
        long: 1.215
        threshold: 0.554
        region: 0.033
        window_2h: 0.021
        window_8h: 0.018
        soonest: 0.03
        audio: 0.164
        image: 0.065
        fine_tuned: 0.0042
        snapshot: 0.03
        reasoning: 0.03
        rejected: 0.03
        search: 0.05
        earlier: 0.04
        priority + batch: 0.015
        priority + decisions: 0.003
        priority + cached: 0.0448
        priority + written: 0.0625
        priority + written_12h: 0.07
        priority + long: 2.43
        priority + threshold: 1.108
        priority + region: 0.066
        priority + window_2h: unknown_window
        priority + window_8h: unknown_window
        priority + soonest: 0.06
        priority + audio: unknown_tier
        priority + image: unknown_tier
        priority + fine_tuned: unknown_tier
        priority + snapshot: 0.06
        priority + reasoning: 0.06
        priority + rejected: 0.06
        priority + search: 0.08
        priority + earlier: 0.08
        fast + batch: 0.015
        fast + decisions: 0.003
        fast + cached: 0.0448
        fast + written: 0.0625
        fast + written_12h: 0.07
        fast + long: 2.43
        fast + threshold: 1.108
        fast + region: 0.066
        fast + window_2h: unknown_window
        fast + window_8h: unknown_window
        fast + soonest: 0.06
        fast + audio: unknown_tier
        fast + image: unknown_tier
        fast + fine_tuned: unknown_tier
        fast + snapshot: 0.06
        fast + reasoning: 0.06
        fast + rejected: 0.06
        fast + search: 0.08
        fast + earlier: 0.08
        ultrafast + batch: 0.015
        ultrafast + decisions: unknown_tier
        ultrafast + cached: 0.1344
        ultrafast + written: 0.1875
        ultrafast + written_12h: 0.21
        ultrafast + long: 7.29
        ultrafast + threshold: 3.324
        ultrafast + region: 0.198
        ultrafast + window_2h: unknown_window
        ultrafast + window_8h: unknown_window
        ultrafast + soonest: 0.18
        ultrafast + audio: unknown_tier
        ultrafast + image: unknown_tier
        ultrafast + fine_tuned: unknown_tier
        ultrafast + snapshot: 0.18
        ultrafast + reasoning: 0.18
        ultrafast + rejected: 0.18
        ultrafast + search: 0.2
        ultrafast + earlier: unknown_tier
        flex + batch: 0.015
        flex + decisions: 0.00075
        flex + cached: 0.0112
        flex + written: 0.015625
        flex + written_12h: 0.0175
        flex + long: 0.6075
        flex + threshold: 0.277
        flex + region: 0.0165
        flex + window_2h: unknown_window
        flex + window_8h: unknown_window
        flex + soonest: 0.015
        flex + audio: unknown_tier
        flex + image: unknown_tier
        flex + fine_tuned: unknown_tier
        flex + snapshot: 0.015
        flex + reasoning: 0.015
        flex + rejected: 0.015
        flex + search: 0.035
        flex + earlier: 0.02
        scale + batch: 0.015
        scale + decisions: 0.001
        scale + cached: 0.0224
        scale + written: 0.03125
        scale + written_12h: 0.035
        scale + long: 1.215
        scale + threshold: 0.554
        scale + region: 0.033
        scale + window_2h: 0.021
        scale + window_8h: 0.018
        scale + soonest: 0.03
        scale + audio: 0.164
        scale + image: 0.065
        scale + fine_tuned: 0.0042
        scale + snapshot: 0.03
        scale + reasoning: 0.03
        scale + rejected: 0.03
        scale + search: 0.05
        scale + earlier: 0.04
        batch + cached: 0.0112
        batch + written: 0.015625
        batch + written_12h: 0.0175
        batch + long: 0.305
        batch + threshold: 0.277
        batch + region: 0.0165
        batch + window_2h: unknown_window
        batch + window_8h: unknown_window
        batch + soonest: 0.015
        batch + audio: unknown_tier
        batch + image: unknown_tier
        batch + fine_tuned: 0.0021
        batch + snapshot: 0.015
        batch + reasoning: 0.015
        batch + rejected: 0.015
        batch + search: 0.035
        batch + earlier: 0.02
        decisions + cached: 0.00064
        decisions + written: 0.0010625
        decisions + written_12h: 0.0010625
        decisions + long: 0.06
        decisions + threshold: 0.0272
        decisions + region: 0.0011
        decisions + window_2h: unknown_window
        decisions + window_8h: unknown_window
        decisions + soonest: 0.001
        decisions + reasoning: 0.001
        decisions + rejected: 0.001
        decisions + search: 0.021
        cached + written: 0.02365
        cached + written_12h: 0.0274
        cached + long: 1.1998
        cached + threshold: 0.5464
        cached + region: 0.02464
        cached + window_2h: 0.01568
        cached + window_8h: 0.01344
        cached + soonest: 0.0224
        cached + audio: 0.1496
        cached + image: 0.0506
        cached + fine_tuned: 0.0036
        cached + snapshot: 0.0224
        cached + reasoning: 0.0224
        cached + rejected: 0.0224
        cached + search: 0.0424
        cached + earlier: 0.031
        written + written_12h: 0.035
        written + long: 1.2175
        written + threshold: 0.55525
        written + region: 0.034375
        written + window_2h: 0.021875
        written + window_8h: 0.01875
        written + soonest: 0.03125
        written + audio: 0.164
        written + image: 0.065
        written + fine_tuned: 0.0042
        written + snapshot: 0.03125
        written + reasoning: 0.03125
        written + rejected: 0.03125
        written + search: 0.05125
        written + earlier: 0.0415625
        written_12h + long: 1.225
        written_12h + threshold: 0.559
        written_12h + region: 0.0385
        written_12h + window_2h: 0.0245
        written_12h + window_8h: 0.021
        written_12h + soonest: 0.035
        written_12h + audio: 0.164
        written_12h + image: 0.065
        written_12h + fine_tuned: 0.0042
        written_12h + snapshot: 0.035
        written_12h + reasoning: 0.035
        written_12h + rejected: 0.035
        written_12h + search: 0.055
        written_12h + earlier: 0.0415625
        long + region: 1.3365
        long + window_2h: 0.8505
        long + window_8h: 0.729
        long + soonest: 1.215
        long + audio: 1.324
        long + image: 1.225
        long + fine_tuned: 0.0912
        long + snapshot: 1.215
        long + reasoning: 1.215
        long + rejected: 1.215
        long + search: 1.235
        long + earlier: 1.5225
        threshold + region: 0.6094
        threshold + window_2h: 0.3878
        threshold + window_8h: 0.3324
        threshold + soonest: 0.554
        threshold + audio: 1.212
        threshold + image: 1.113
        threshold + fine_tuned: 0.0828
        threshold + snapshot: 0.554
        threshold + reasoning: 0.554
        threshold + rejected: 0.554
        threshold + search: 0.574
        threshold + earlier: 0.695
        region + window_2h: 0.0231
        region + window_8h: 0.0198
        region + soonest: 0.033
        region + audio: 0.1804
        region + image: 0.0715
        region + fine_tuned: 0.0042
        region + snapshot: 0.033
        region + reasoning: 0.033
        region + rejected: 0.033
        region + search: 0.053
        region + earlier: 0.044
        window_2h + audio: 0.1148
        window_2h + image: 0.0455
        window_2h + fine_tuned: 0.00294
        window_2h + snapshot: 0.021
        window_2h + reasoning: 0.021
        window_2h + rejected: 0.021
        window_2h + search: 0.041
        window_2h + earlier: 0.028
        window_8h + audio: 0.0984
        window_8h + image: 0.039
        window_8h + fine_tuned: 0.00252
        window_8h + snapshot: 0.018
        window_8h + reasoning: 0.018
        window_8h + rejected: 0.018
        window_8h + search: 0.038
        window_8h + earlier: 0.024
        soonest + audio: 0.164
        soonest + image: 0.065
        soonest + fine_tuned: 0.0042
        soonest + snapshot: 0.03
        soonest + reasoning: 0.03
        soonest + rejected: 0.03
        soonest + search: 0.05
        soonest + earlier: 0.04
        audio + image: 0.165
        audio + reasoning: 0.164
        audio + rejected: 0.164
        audio + search: 0.184
        image + reasoning: 0.065
        image + rejected: 0.065
        image + search: 0.085
        fine_tuned + reasoning: 0.0042
        fine_tuned + rejected: 0.0042
        fine_tuned + search: 0.0242
        snapshot + reasoning: 0.03
        snapshot + rejected: 0.03
        snapshot + search: 0.05
        reasoning + rejected: 0.03
        reasoning + search: 0.05
        reasoning + earlier: 0.04
        rejected + search: 0.05
        rejected + earlier: 0.04
        search + earlier: 0.06
        """
}
