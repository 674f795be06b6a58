namespace Tandem.Cli.Bakery;

/// <summary>Numbers that look thrown and are the same everywhere, whatever the runtime: SplitMix64 from one seed.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From zero up to, not including, a number.</summary>
    public int Below(int count) => (int)((Next() >> 33) % (ulong)count);

    public int Between(int low, int high) => low + Below(high - low + 1);

    public bool Chance(int percent) => Below(100) < percent;

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>Picks early ones more often, as people do.</summary>
    public T PickPopular<T>(IReadOnlyList<T> from) => from[Math.Min(Below(from.Count), Below(from.Count))];

    public string Uuid() => new Guid(
        (int)Next(), (short)Next(), (short)(0x4000 | (Below(0x1000))), (byte)(0x80 | Below(0x40)),
        (byte)Next(), (byte)Next(), (byte)Next(), (byte)Next(), (byte)Next(), (byte)Next(), (byte)Next()).ToString();
}
