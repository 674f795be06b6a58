namespace Tandem.Specification.Servers;

/// <summary>What a test needs and this machine lacks: skipped by name, except where everything must run.</summary>
public static class Missing
{
    public static void Unless(bool isHere, string what)
    {
        if (!isHere && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"{what} is missing. With CI=true every suite must run.");
        }

        Assert.SkipUnless(isHere, $"{what} is missing here.");
    }
}
