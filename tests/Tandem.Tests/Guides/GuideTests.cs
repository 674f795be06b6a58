using Guide;

namespace Tandem.Tests.Guides;

public sealed class GuideTests
{
    [Fact]
    public async Task Guide_FromTwoPeopleToARestart_RunsAsItIsWritten()
    {
        var said = new StringWriter();
        var console = Console.Out;
        Console.SetOut(said);
        try
        {
            await Chapters.RunAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            Console.SetOut(console);
        }

        foreach (var line in new[] { "price: was 4.20, you say 4.80, Ana says 4.50", "saved, rolls are number 2", "4.95", "on offer: Rolls" })
        {
            Assert.Contains(line, said.ToString(), StringComparison.Ordinal);
        }
    }
}
