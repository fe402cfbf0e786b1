using System.Collections.Immutable;

namespace NodeMesh.Model.Balancing;

/// <summary>The order in which round robin visits endpoints of different weights: each as often as its weight says, spread as evenly as can be (earliest deadline first).</summary>
public static class WeightedSchedule
{
    // Long enough for the weights that people write, short enough to be made again at each change of endpoints.
    private const int MaximumLength = 4096;

    /// <summary>Makes a schedule.</summary>
    /// <param name="weights">The endpoints' weights, each at least 1.</param>
    /// <returns>Indexes of endpoints; one of each where the weights are equal.</returns>
    public static ImmutableArray<int> Create(ReadOnlySpan<long> weights)
    {
        var divisor = 0L;
        foreach (var weight in weights)
        {
            divisor = GreatestCommonDivisor(divisor, weight);
        }

        var turns = new long[weights.Length];
        var total = 0L;
        for (var i = 0; i < turns.Length; i++)
        {
            total += turns[i] = weights[i] / divisor;
        }

        if (total > Math.Max(MaximumLength, weights.Length))
        {
            var scale = (double)MaximumLength / total;
            total = 0;
            for (var i = 0; i < turns.Length; i++)
            {
                total += turns[i] = Math.Max(1, (long)(turns[i] * scale));
            }
        }

        var queue = new PriorityQueue<(int Index, long Visit), (double Due, int Index)>(turns.Length);
        for (var i = 0; i < turns.Length; i++)
        {
            queue.Enqueue((i, 1), (1d / turns[i], i));
        }

        var schedule = ImmutableArray.CreateBuilder<int>((int)total);
        while (schedule.Count < total && queue.TryDequeue(out var next, out _))
        {
            schedule.Add(next.Index);
            if (next.Visit < turns[next.Index])
            {
                queue.Enqueue((next.Index, next.Visit + 1), ((next.Visit + 1d) / turns[next.Index], next.Index));
            }
        }

        return schedule.MoveToImmutable();
    }

    private static long GreatestCommonDivisor(long a, long b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
