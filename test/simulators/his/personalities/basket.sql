-- Bills are put into a basket one by one and settled together. The basket is a ##table named by terminal and operator: it lives with the session
-- that opened it, and whoever opens one under the same pair throws the other away. Every call answers T or F first, then data or a message.
IF OBJECT_ID('dbo.usp_sf_open', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_sf_open
GO
CREATE PROCEDURE dbo.usp_sf_open
  @wkdz varchar(20),
  @czyh varchar(10)
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @basket varchar(60), @text nvarchar(400)
  SET @basket = '##sf_' + REPLACE(@wkdz, '-', '') + '_' + @czyh
  IF OBJECT_ID('tempdb..' + @basket) IS NOT NULL
  BEGIN
    SET @text = N'DROP TABLE ' + @basket
    EXEC (@text)
  END
  SET @text = N'CREATE TABLE ' + @basket + N' (hjxh varchar(32) NOT NULL PRIMARY KEY)'
  EXEC (@text)
  SELECT 'T' AS jg, N'' AS ts
END
GO
IF OBJECT_ID('dbo.usp_sf_add', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_sf_add
GO
CREATE PROCEDURE dbo.usp_sf_add
  @wkdz varchar(20),
  @czyh varchar(10),
  @patid varchar(20),
  @hjxh varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @basket varchar(60), @text nvarchar(400), @status int
  SET @basket = '##sf_' + REPLACE(@wkdz, '-', '') + '_' + @czyh
  IF OBJECT_ID('tempdb..' + @basket) IS NULL
  BEGIN
    SELECT 'F', N'临时表不存在, 请重新开始'
    RETURN 0
  END
  SELECT @status = status FROM dbo.bill WHERE bill_no = @hjxh AND patient_id = @patid
  IF @status IS NULL
  BEGIN
    SELECT 'F', N'划价单不存在'
    RETURN 0
  END
  IF @status <> 0
  BEGIN
    SELECT 'F', CASE @status WHEN 1 THEN N'划价单已结算' ELSE N'划价单已锁定或已关闭' END
    RETURN 0
  END
  SET @text = N'INSERT INTO ' + @basket + N' (hjxh) VALUES (@hjxh)'
  EXEC sp_executesql @text, N'@hjxh varchar(32)', @hjxh
  SELECT 'T', N''
END
GO
IF OBJECT_ID('dbo.usp_sf_submit', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_sf_submit
GO
-- @flag 0: what would it cost (预算). 1: may it be settled (请求). 2: settle it (正式递交).
CREATE PROCEDURE dbo.usp_sf_submit
  @wkdz varchar(20),
  @czyh varchar(10),
  @flag int,
  @patid varchar(20),
  @sjh varchar(32) = '',
  @ddh varchar(32) = '',
  @xjje decimal(12,2) = 0,
  @jsrq char(16) = '',
  @zffs varchar(16) = '',
  @zxlsh varchar(64) = '',
  @sbbh varchar(32) = ''
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @basket varchar(60), @text nvarchar(400), @bills varchar(400), @next varchar(32), @self decimal(12,2), @foreign int
  DECLARE @quote varchar(32), @total decimal(12,2), @fund decimal(12,2), @account decimal(12,2), @until char(16), @code int, @message nvarchar(200)
  DECLARE @settlement varchar(32), @receipt varchar(32), @window nvarchar(40), @guide nvarchar(400), @booked_trade varchar(32), @booked decimal(12,2)
  SET @basket = '##sf_' + REPLACE(@wkdz, '-', '') + '_' + @czyh
  IF OBJECT_ID('tempdb..' + @basket) IS NULL
  BEGIN
    SELECT 'F', N'临时表不存在, 请重新开始'
    RETURN 0
  END
  CREATE TABLE #mine (hjxh varchar(32) NOT NULL)
  SET @text = N'SELECT hjxh FROM ' + @basket
  INSERT INTO #mine (hjxh) EXEC (@text)
  SET @bills = ''
  SELECT @next = MIN(hjxh) FROM #mine
  WHILE @next IS NOT NULL
  BEGIN
    SET @bills = @bills + CASE @bills WHEN '' THEN '' ELSE ',' END + @next
    SELECT @next = MIN(hjxh) FROM #mine WHERE hjxh > @next
  END
  IF @flag = 0
  BEGIN
    EXEC dbo.usp_hospay_presettle @patid, @bills, @quote OUTPUT, @total OUTPUT, @fund OUTPUT, @account OUTPUT, @self OUTPUT, @until OUTPUT, @code OUTPUT, @message OUTPUT
    IF @code = 0
      SELECT 'T' AS jg, @quote AS sjh, @total AS zje, @fund AS tcje, @account AS zhje, @self AS xjje, @until AS yxq
    ELSE
      SELECT 'F', @message
    RETURN 0
  END
  -- The receipt number of the estimate must name exactly what lies in the basket.
  SELECT @self = self_pay FROM dbo.presettlement WHERE quote_no = @sjh AND patient_id = @patid
  SELECT @foreign = COUNT(*) FROM #mine m LEFT JOIN dbo.presettlement_bill q ON q.quote_no = @sjh AND q.bill_no = m.hjxh WHERE q.bill_no IS NULL
  IF @self IS NULL OR @foreign > 0 OR (SELECT COUNT(*) FROM #mine) <> (SELECT COUNT(*) FROM dbo.presettlement_bill WHERE quote_no = @sjh)
  BEGIN
    SELECT 'F', N'预算收据号不存在或与划价单不符'
    RETURN 0
  END
  IF @flag = 1
  BEGIN
    IF @self <> @xjje
      SELECT 'F', N'支付金额不符'
    ELSE
      SELECT 'T' AS jg, @sjh AS sjh
    RETURN 0
  END
  EXEC dbo.usp_hospay_confirm @ddh, @sjh, @patid, @xjje, @jsrq, @zffs, @zxlsh, @sbbh, @settlement OUTPUT, @receipt OUTPUT, @window OUTPUT, @guide OUTPUT, @code OUTPUT, @message OUTPUT, @booked_trade OUTPUT, @booked OUTPUT
  IF @code = 0
    SELECT 'T' AS jg, @settlement AS sjh, @receipt AS fph, @window AS fyck, @guide AS dzxx, @booked_trade AS ddh, @booked AS xjje
  ELSE
    SELECT 'F', CASE @code WHEN 300302 THEN N'划价单已结算' WHEN 300304 THEN N'金额不符或内容已变更' WHEN 300301 THEN N'预算收据号不存在' WHEN 300303 THEN N'已关闭或已过期' ELSE N'系统错误' END
  SET @text = N'DROP TABLE ' + @basket
  EXEC (@text)
END
GO
