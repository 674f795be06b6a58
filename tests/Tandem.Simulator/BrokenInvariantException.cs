namespace Tandem.Simulator;

/// <summary>Something that must always hold did not.</summary>
internal sealed class BrokenInvariantException(string message) : Exception(message)
{
    public static void Unless(bool holds, string invariant, string what)
    {
        if (!holds)
        {
            throw new BrokenInvariantException($"{invariant}: {what}");
        }
    }
}
