using Tandem.Live.Views;

namespace Tandem.Tests.Live.Views;

public sealed class RankedListTests
{
    [Fact]
    public void List_OverRandomAdditionsAndRemovals_StaysSortedAndTellsPositions()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var list = new RankedList<int>(Comparer<int>.Default);
        List<int> model = [.. Enumerable.Range(0, 3_000).Select(i => i * 10)];
        list.Load(model);
        for (var round = 0; round < 5_000; round++)
        {
            if (random.Next(2) == 0 && model.Count > 0)
            {
                var index = random.Next(model.Count);
                Assert.True(index == list.IndexOf(model[index]), $"seed {seed}, round {round}");
                list.RemoveAt(index);
                model.RemoveAt(index);
            }
            else
            {
                var item = random.Next(50_000) * 2 + 1;
                var place = model.BinarySearch(item);
                if (place < 0)
                {
                    model.Insert(~place, item);
                    Assert.True(~place == list.Add(item), $"seed {seed}, round {round}");
                }
            }
        }

        Assert.Equal(model, list.From(0, int.MaxValue));
        Assert.Equal(model.Count, list.Count);
        Assert.True(list.IndexOf(-5) < 0 && list.IndexOf(1_000_000) < 0);
    }
}
