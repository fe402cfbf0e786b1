namespace NodeMesh.Model.Balancing;

/// <summary>Divides traffic over priorities: a priority takes all until fewer than 1/1.4 of its endpoints can be used, then the next gets the rest. Envoy's rule and factor.</summary>
public static class PriorityLoad
{
    /// <summary>An endpoint is taken to bear 1.4 times its share before others must help.</summary>
    public const int OverprovisioningPercent = 140;

    /// <summary>Computes shares.</summary>
    /// <param name="usable">How many endpoints of each priority can be used.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="percents">Takes the shares, which add up to 100; all are 0 when no endpoint can be used.</param>
    public static void Compute(ReadOnlySpan<int> usable, ReadOnlySpan<int> total, Span<int> percents)
    {
        var all = 0;
        for (var i = 0; i < usable.Length; i++)
        {
            all += Health(usable[i], total[i]);
        }

        percents.Clear();
        if (all == 0)
        {
            return;
        }

        // Less than enough in all of them: what there is bears everything, in proportion.
        var scale = Math.Min(all, 100);
        var left = 100;
        var last = 0;
        for (var i = 0; i < usable.Length && left > 0; i++)
        {
            var share = Math.Min(left, Health(usable[i], total[i]) * 100 / scale);
            if (share > 0)
            {
                (percents[i], last) = (share, i);
                left -= share;
            }
        }

        percents[last] += left;
    }

    /// <summary>Computes what becomes of shares of their own: a group whose endpoints fail loses as much as it cannot bear to the others.</summary>
    /// <param name="shares">Each group's share.</param>
    /// <param name="usable">How many endpoints of each group can be used.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="percents">Takes the shares, which add up to 100; all are 0 when no endpoint can be used.</param>
    public static void Share(ReadOnlySpan<int> shares, ReadOnlySpan<int> usable, ReadOnlySpan<int> total, Span<int> percents)
    {
        var all = 0L;
        for (var i = 0; i < shares.Length; i++)
        {
            all += (long)shares[i] * Health(usable[i], total[i]);
        }

        percents.Clear();
        if (all == 0)
        {
            return;
        }

        var left = 100;
        var most = 0;
        for (var i = 0; i < shares.Length; i++)
        {
            percents[i] = (int)(shares[i] * 100L * Health(usable[i], total[i]) / all);
            left -= percents[i];
            most = percents[i] > percents[most] ? i : most;
        }

        // What rounding left over.
        percents[most] += left;
    }

    private static int Health(int usable, int total) => total == 0 ? 0 : (int)Math.Min(100, (long)usable * OverprovisioningPercent / total);
}
